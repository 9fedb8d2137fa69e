"""Packages through storage: announced, uploaded by signed URL, imported once, refused for good."""

import io
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa

from shared.domain.course import package_object
from shared.domain.identity import Principal
from shared.repositories.course_packages.archive import MAX_PACKAGE_BYTES, pack
from shared.repositories.courses.tables import courses

FILES = {
    "course.yaml": b"format: 1\ntitle: Uploaded\nlanguage: en\nunits: []\n",
}
UNKNOWN = "01932f80-0000-7c1d-9e2f-3a4b5c6d7e8f"


def announced(course: Any, data: bytes, user: str = "tom", **body: Any) -> dict[str, Any]:
    body = {"bytes": len(data), **body}
    response = course.call("POST", "/v1/package-uploads", user=user, json=body)
    assert response.status_code == 201, response.text
    return dict(response.json)


def uploaded(course: Any, upload: dict[str, Any], data: bytes, user: str = "tom") -> str:
    """PUT it at the store's own door; answers the generation."""
    query = dict(parse_qsl(urlsplit(upload["upload"]["url"]).query))
    headers = {key.lower(): value for key, value in upload["upload"]["headers"].items()}
    name = package_object(user, upload["id"])
    return str(course.objects.receive(name, query, headers, io.BytesIO(data)).generation)


def arrive(course: Any, upload_id: str, generation: str) -> int:
    path = f"/internal/v1/package-uploads/{upload_id}/import"
    return int(course.internal("POST", path, json={"generation": generation}).status_code)


def now(course: Any, upload_id: str, user: str = "tom") -> dict[str, Any]:
    return dict(course.call("GET", f"/v1/package-uploads/{upload_id}", user=user).json)


def owned(database: sa.Engine) -> int:
    with database.begin() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(courses)).scalar_one()


def test_an_uploaded_package_becomes_a_course_once(course, course_database) -> None:
    data = pack(FILES)
    upload = announced(course, data)
    assert upload["status"] == "awaiting_upload"
    assert upload["upload"]["headers"]["Content-Type"] == "application/zip"
    assert upload["upload"]["max_bytes"] == len(data)
    generation = uploaded(course, upload, data)
    assert arrive(course, upload["id"], generation) == 204
    done = now(course, upload["id"])
    assert (done["status"], "upload" in done, "errors" in done) == ("imported", False, False)
    draft = course.call("GET", f"/v1/courses/{done['course_id']}/draft", user="tom").json
    assert (draft["content"]["title"], draft["owner_id"]) == ("Uploaded", "tom")
    assert arrive(course, upload["id"], generation) == 204
    assert now(course, upload["id"]) == done
    assert owned(course_database) == 1


def test_the_event_twenty_times_at_once(course, course_database) -> None:
    data = pack(FILES)
    upload = announced(course, data)
    generation = uploaded(course, upload, data)
    answers: list[int] = []

    def deliver() -> None:
        answers.append(arrive(course, upload["id"], generation))

    threads = [threading.Thread(target=deliver) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {204, 503}
    assert now(course, upload["id"])["status"] == "imported"
    assert owned(course_database) == 1


def test_a_draft_is_replaced_through_storage(course, course_database) -> None:
    course_id = course.created()
    data = pack(FILES)
    upload = announced(course, data, course_id=course_id)
    assert upload["course_id"] == course_id
    assert arrive(course, upload["id"], uploaded(course, upload, data)) == 204
    draft = course.call("GET", f"/v1/courses/{course_id}/draft", user="tom").json
    assert draft["content"]["title"] == "Uploaded"
    assert owned(course_database) == 1


def test_a_refused_package_says_why(course, course_database) -> None:
    data = pack(FILES | {"notes.txt": b"", "a\x1bb": b""})
    upload = announced(course, data)
    generation = uploaded(course, upload, data)
    assert arrive(course, upload["id"], generation) == 204
    refused = now(course, upload["id"])
    assert refused["status"] == "refused"
    assert {"pointer": "", "file": "notes.txt"}.items() <= refused["errors"][1].items()
    assert refused["errors"][0]["file"] == "a\ufffdb"
    assert arrive(course, upload["id"], generation) == 204
    assert now(course, upload["id"]) == refused
    assert owned(course_database) == 0


def test_a_package_for_a_course_that_is_gone_becomes_a_new_one(course, course_database) -> None:
    course_id = course.created()
    data = pack(FILES)
    upload = announced(course, data, course_id=course_id)
    with course_database.begin() as connection:
        connection.execute(sa.delete(courses))
    assert arrive(course, upload["id"], uploaded(course, upload, data)) == 204
    done = now(course, upload["id"])
    assert done["status"] == "imported"
    assert done["course_id"] != course_id
    assert owned(course_database) == 1


def test_another_generation_changes_nothing(course) -> None:
    data = pack(FILES)
    upload = announced(course, data)
    assert arrive(course, upload["id"], "1") == 204
    assert now(course, upload["id"])["status"] == "awaiting_upload"


def test_whose_upload_it_is(course, problem) -> None:
    upload = announced(course, b"x")
    for user in ("tina", "eve", "ada"):
        found = course.call("GET", f"/v1/package-uploads/{upload['id']}", user=user)
        assert problem(found) == (404, "package_upload_not_found")
    assert now(course, upload["id"]) == upload


@pytest.mark.parametrize("upload_id", [UNKNOWN, "x"])
def test_no_such_upload(course, problem, upload_id: str) -> None:
    found = course.call("GET", f"/v1/package-uploads/{upload_id}", user="tom")
    assert problem(found) == (404, "package_upload_not_found")
    assert arrive(course, upload_id, "1") == 404


def test_who_may_announce(course, problem) -> None:
    def refusal(user: str, **body: Any) -> Any:
        path = "/v1/package-uploads"
        return problem(course.call("POST", path, user=user, json={"bytes": 1, **body}))

    assert refusal("eve") == (403, "forbidden")
    course_id = course.created()
    assert refusal("tina", course_id=course_id) == (404, "course_not_found")
    assert refusal("tom", course_id=UNKNOWN) == (404, "course_not_found")
    course.publish(course_id)
    assert refusal("tina", course_id=course_id) == (403, "forbidden")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"bytes": 0},
        {"bytes": MAX_PACKAGE_BYTES + 1},
        {"bytes": "1"},
        {"bytes": True},
        {"bytes": 1, "course_id": None},
        {"bytes": 1, "course_id": "x"},
        {"bytes": 1, "name": "x"},
    ],
)
def test_bodies_that_are_none(course, problem, body: dict[str, Any]) -> None:
    answer = course.call("POST", "/v1/package-uploads", user="tom", json=body)
    assert problem(answer) == (400, "invalid_request")


def test_a_key_announces_once(course) -> None:
    headers = {"Idempotency-Key": "one"}
    options = {"user": "tom", "json": {"bytes": 9}, "headers": headers}
    first = course.call("POST", "/v1/package-uploads", **options).json
    assert course.call("POST", "/v1/package-uploads", **options).json == first


def test_users_may_not_report_an_arrival(course) -> None:
    upload = announced(course, b"x")
    token = course.tokens.issue(Principal("tom", "teacher"), "rostrum", timedelta(minutes=5))
    path = f"/internal/v1/package-uploads/{upload['id']}/import"
    headers = {"Authorization": f"Bearer {token}"}
    response = course.app.test_client().post(path, json={"generation": "1"}, headers=headers)
    assert response.status_code == 401
