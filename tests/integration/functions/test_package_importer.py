"""package_importer: an uploaded package is handed to the course service, then removed."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request, Response

from shared import wiring
from shared.ports.objects import ObjectInfo, WritableObjects
from tests.fakes.course_service import FakeCourses

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

UPLOAD = "01932f80-0000-7c1d-9e2f-3a4b5c6d7e8f"
NAME = f"packages/tom/{UPLOAD}.zip"
PATH = f"/internal/v1/package-uploads/{UPLOAD}/import"


class Courses(FakeCourses):
    """Also imports the package uploads it knows."""

    def __init__(self) -> None:
        super().__init__()
        self.uploads = {UPLOAD}

    def _response(self, request: Request) -> Response:
        match request.path.strip("/").split("/"):
            case [*_, "package-uploads", upload_id, "import"] if self.fails_with is None:
                if upload_id in self.uploads:
                    return Response(status=204)
                problem = {"detail": "No.", "code": "package_upload_not_found"}
                return Response(json.dumps(problem), 404, content_type="application/problem+json")
        return super()._response(request)


@pytest.fixture
def materials(bench: "Bench") -> WritableObjects:
    return wiring.embedded_objects(bench.settings, "materials")


@pytest.fixture(autouse=True)
def courses(
    bench: "Bench", start: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Courses]:
    with Courses() as courses:
        monkeypatch.setenv("ROSTRUM_COURSE_URL", courses.url)
        start("package_importer", "on_material_uploaded")
        yield courses


def send(bench: "Bench", info: ObjectInfo) -> int:
    data = {
        "bucket": "materials",
        "name": info.name,
        "generation": info.generation,
        "size": str(info.size),
        "contentType": info.content_type,
    }
    return bench._send("package_importer", "google.cloud.storage.object.v1.finalized", data)


def test_a_package_is_imported_and_removed(
    bench: "Bench", courses: Courses, materials: WritableObjects
) -> None:
    info = materials.write(NAME, b"PK", "application/zip")
    assert [send(bench, info), send(bench, info)] == [200, 200]
    assert {(method, path) for method, path, *_ in courses.calls} == {("POST", PATH)}
    assert courses.calls[0][2] == {"generation": info.generation}
    assert materials.stat(NAME) is None


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_course_service_that_is_away_gets_it_later(
    bench: "Bench", courses: Courses, materials: WritableObjects, status: int
) -> None:
    info = materials.write(NAME, b"PK", "application/zip")
    courses.fails_with = status
    assert send(bench, info) == 500
    assert materials.stat(NAME) == info
    courses.fails_with = None
    assert send(bench, info) == 200
    assert materials.stat(NAME) is None


def test_a_package_nobody_announced_is_removed(
    bench: "Bench", courses: Courses, materials: WritableObjects
) -> None:
    courses.uploads = set()
    info = materials.write(NAME, b"PK", "application/zip")
    assert send(bench, info) == 200
    assert materials.stat(NAME) is None


@pytest.mark.parametrize(
    "name", ["courses/c/media/a.png", "packages/tom/a.txt", "packages/a.zip", "packages/a/b/c.zip"]
)
def test_other_objects_are_left_alone(
    bench: "Bench", courses: Courses, materials: WritableObjects, name: str
) -> None:
    info = materials.write(name, b"PK", "application/zip")
    assert send(bench, info) == 200
    assert courses.calls == []
    assert materials.stat(name) == info
