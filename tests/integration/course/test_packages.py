"""Packages in and out over HTTP: whole or not at all, and byte for byte the same again."""

import io
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa

from local.deployables import ROOT
from local.packages import canonical_files, read_folder
from shared.repositories.course_packages.archive import MAX_PACKAGE_BYTES, pack
from shared.repositories.courses.tables import courses, media
from tests.fakes.course_contents import PNG, content, lesson, read_aloud

ZIP = {"Content-Type": "application/zip"}
ILLUSTRATED = content(lesson("first", read_aloud(media="clinic.png")))
MISTAKES = ROOT / "tests" / "fixtures" / "packages" / "twelve-mistakes"
SHIPPED = sorted(path.name for path in (ROOT / "courses").iterdir() if path.is_dir())


def shipped(name: str = "english-read-aloud") -> bytes:
    return pack(canonical_files(read_folder(ROOT / "courses" / name)))


def small(title: str = "A", picture: bytes | None = None) -> bytes:
    head = "title: A\nmedia: [a.png]\n" if picture else "title: A\n"
    files = {
        "course.yaml": f"format: 1\ntitle: {title}\nlanguage: en\nunits: [one]\n".encode(),
        "units/one/unit.yaml": b"title: A\nlessons: [first]\n",
        "units/one/lessons/first.yaml": f"{head}prompts: []\n".encode(),
    }
    return pack(files | ({"media/a.png": picture} if picture else {}))


def send(course: Any, data: bytes, user: str = "tom", query: str = "", **headers: str) -> Any:
    path = f"/v1/courses/import{query}"
    return course.call("POST", path, user=user, data=data, headers={**ZIP, **headers})


def rows(database: sa.Engine, table: sa.Table) -> int:
    with database.begin() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_course_goes_in_and_comes_out_byte_for_byte(course, name: str) -> None:
    package = shipped(name)
    made = send(course, package)
    assert made.status_code == 201
    course_id = made.json["id"]
    assert made.headers["Location"] == f"/v1/courses/{course_id}"
    assert (made.json["status"], made.json["owner_id"]) == ("draft", "tom")
    draft = course.call("GET", f"/v1/courses/{course_id}/draft", user="tom")
    assert (draft.json, draft.headers["ETag"]) == (made.json, made.headers["ETag"])
    out = course.call("GET", f"/v1/courses/{course_id}/package", user="tom")
    assert (out.status_code, out.content_type, out.data) == (200, "application/zip", package)
    assert course.publish(course_id) == 1
    version = course.call("GET", f"/v1/courses/{course_id}/package?version=1", user="tom")
    assert version.data == package
    again = send(course, out.data, user="tina")
    assert again.json["content"] == made.json["content"]


def test_a_course_made_over_http_survives_its_package(course) -> None:
    course_id = course.created(ILLUSTRATED)
    course.upload(course_id, "clinic.png", PNG, "image/png")
    out = course.call("GET", f"/v1/courses/{course_id}/package", user="tom").data
    copy = send(course, out).json
    assert copy["content"] == ILLUSTRATED
    listed = course.call("GET", f"/v1/courses/{copy['id']}/media", user="tom").json["items"]
    assert listed == [{"name": "clinic.png", "content_type": "image/png", "bytes": len(PNG)}]
    assert course.call("GET", f"/v1/courses/{copy['id']}/package", user="tom").data == out


def test_media_that_was_never_uploaded_is_left_out(course) -> None:
    course_id = course.created(ILLUSTRATED)
    out = course.call("GET", f"/v1/courses/{course_id}/package", user="tom").data
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert "course.yaml" in archive.namelist()
        assert not [name for name in archive.namelist() if name.startswith("media/")]
    faults = send(course, out).json["errors"]
    assert [fault["detail"] for fault in faults] == [
        "There is no file media/clinic.png in the package."
    ]


def test_every_fault_is_named_and_nothing_is_made(course, problem, course_database) -> None:
    files = {
        path.relative_to(MISTAKES).as_posix(): path.read_bytes()
        for path in MISTAKES.rglob("*")
        if path.is_file()
    }
    refused = send(course, pack(files))
    assert problem(refused) == (422, "package_invalid")
    assert len(refused.json["errors"]) == 12
    assert refused.json["errors"][0] == {
        "pointer": "/title",
        "detail": "The field title stands here twice, first in line 2.",
        "file": "course.yaml",
        "line": 3,
    }
    assert rows(course_database, courses) == rows(course_database, media) == 0
    assert course.objects.names() == []


def test_a_draft_is_replaced(course) -> None:
    course_id = send(course, small("Old", PNG)).json["id"]
    old = course.call("GET", f"/v1/courses/{course_id}/draft", user="tom").headers["ETag"]
    replaced = send(course, small("New", PNG), query=f"?course_id={course_id}")
    assert (replaced.status_code, replaced.json["id"]) == (200, course_id)
    assert replaced.json["content"]["title"] == "New"
    assert replaced.headers["ETag"] != old
    items = course.call("GET", "/v1/courses?mine=true", user="tom").json["items"]
    assert [item["title"] for item in items] == ["New"]


def test_media_never_changes_under_its_name(course, problem) -> None:
    course_id = send(course, small("Old", PNG)).json["id"]
    refused = send(course, small("New", PNG + b"other"), query=f"?course_id={course_id}")
    assert problem(refused) == (422, "package_invalid")
    (fault,) = refused.json["errors"]
    assert fault["file"] == "media/a.png"
    assert "give this file a new name" in fault["detail"]
    draft = course.call("GET", f"/v1/courses/{course_id}/draft", user="tom").json
    assert draft["content"]["title"] == "Old"
    out = course.call("GET", f"/v1/courses/{course_id}/package", user="tom").data
    assert out.count(PNG) == 1
    assert b"other" not in out


def test_an_announced_file_that_never_came_gives_way(course) -> None:
    course_id = course.created(content())
    body = {"name": "a.png", "content_type": "image/jpeg", "bytes": 100}
    course.call("POST", f"/v1/courses/{course_id}/media", user="tom", json=body)
    assert send(course, small("A", PNG), query=f"?course_id={course_id}").status_code == 200
    found = course.call("GET", f"/v1/courses/{course_id}/media/a.png", user="tom")
    assert (found.json["content_type"], found.json["bytes"]) == ("image/png", len(PNG))


@pytest.mark.parametrize(
    ("user", "second_factor", "status", "code"),
    [
        ("eve", False, 403, "forbidden"),
        ("tina", False, 404, "course_not_found"),
        ("ada", False, 404, "course_not_found"),
        ("ada", True, 200, None),
    ],
)
def test_whose_draft_may_be_replaced_and_exported(
    course, user: str, second_factor: bool, status: int, code: str | None
) -> None:
    course_id = send(course, small()).json["id"]
    path = f"/v1/courses/import?course_id={course_id}"
    options = {"user": user, "second_factor": second_factor}
    replaced = course.call("POST", path, data=small("B"), headers=ZIP, **options)
    assert replaced.status_code == status
    assert (replaced.json or {}).get("code") == code
    out = course.call("GET", f"/v1/courses/{course_id}/package", **options)
    assert out.status_code == (404 if user == "eve" else status)


def test_of_a_published_course_others_learn_that_it_is_not_theirs(course, problem) -> None:
    course_id = course.published()
    for user in ("tina", "eve"):
        out = course.call("GET", f"/v1/courses/{course_id}/package", user=user)
        assert problem(out) == (403, "forbidden")


def test_requests_that_are_none(course, problem) -> None:
    as_json = course.call("POST", "/v1/courses/import", user="tom", json={})
    assert problem(as_json) == (415, "unsupported_media_type")
    assert problem(send(course, b"")) == (422, "package_invalid")
    assert problem(send(course, small(), query="?course_id=1")) == (400, "invalid_request")
    unknown = "?course_id=01932f80-0000-7c1d-9e2f-3a4b5c6d7e8f"
    assert problem(send(course, small(), query=unknown)) == (404, "course_not_found")
    course_id = send(course, small()).json["id"]
    missing = course.call("GET", f"/v1/courses/{course_id}/package?version=1", user="tom")
    assert problem(missing) == (404, "version_not_found")


def test_twenty_megabytes_and_no_more(course, problem) -> None:
    room = MAX_PACKAGE_BYTES - len(small("A", PNG)) - len(PNG)
    largest = small("A", PNG + bytes(len(PNG) + room))
    assert len(largest) == MAX_PACKAGE_BYTES
    assert send(course, largest).status_code == 201
    assert problem(send(course, largest + b"\0")) == (413, "too_large")


def test_a_course_too_large_for_a_package(course, problem) -> None:
    names = ("a.png", "b.png")
    body = content(lesson("first", *(read_aloud(name[0], media=name) for name in names)))
    course_id = course.created(body)
    for name in names:
        course.upload(course_id, name, PNG + bytes(11 * 1024 * 1024), "image/png")
    out = course.call("GET", f"/v1/courses/{course_id}/package", user="tom")
    assert problem(out) == (422, "package_too_large")
