"""Media: uploaded by signed URLs, checked to be what they claim, kept while anything needs them."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import sqlalchemy as sa

from run_services.course.media.usecases import Media
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.postgresql.sql import SqlDatabase
from shared.domain.course import MAX_MEDIA_BYTES, MAX_MEDIA_OF_A_COURSE, media_object
from shared.domain.errors import PreconditionFailed
from shared.domain.identity import Principal
from shared.domain.media_types import ALLOWED_TYPES, is_of_type
from tests.fakes.course_contents import PNG, content, lesson, read_aloud

ILLUSTRATED = content(
    lesson("first", read_aloud(media="clinic.png")), lesson("second", read_aloud("b"))
)
BEGINNINGS = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "audio/mpeg": b"ID3\x04",
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "audio/ogg": b"OggS\0\x02",
    "audio/webm": b"\x1a\x45\xdf\xa3\x01",
    "audio/mp4": b"\0\0\0\x20ftypM4A ",
    "application/pdf": b"%PDF-1.7",
}


@pytest.mark.parametrize("content_type", ALLOWED_TYPES)
def test_every_type_is_told_from_the_others(content_type: str) -> None:
    fitting = [name for name, data in BEGINNINGS.items() if is_of_type(data, content_type)]
    assert fitting == [content_type]
    assert not is_of_type(b"", content_type)
    assert not is_of_type(b"<!DOCTYPE html><script>", content_type)


def test_a_frame_of_mpeg_audio_needs_no_tag() -> None:
    assert is_of_type(b"\xff\xfb\x90\x64", "audio/mpeg")
    assert not is_of_type(b"\xff\xfe\0\0", "audio/mpeg")
    assert not is_of_type(PNG, "text/html")


def test_an_uploaded_file_is_listed_and_handed_out(course, problem) -> None:
    course_id = course.created(ILLUSTRATED)
    path = f"/v1/courses/{course_id}/media"
    body = {"name": "clinic.png", "content_type": "image/png", "bytes": 100}
    made = course.call("POST", path, user="tom", json=body).json
    assert made["upload"]["max_bytes"] == 100
    assert course.call("GET", path, user="tom").json == {"items": []}
    early = course.call("GET", f"{path}/clinic.png", user="tom")
    assert problem(early) == (404, "media_not_found")
    course.put(course_id, "clinic.png", made["upload"], PNG)
    entry = {"name": "clinic.png", "content_type": "image/png", "bytes": len(PNG)}
    assert course.call("GET", path, user="tom").json == {"items": [entry]}
    found = course.call("GET", f"{path}/clinic.png", user="tom").json
    url = urlsplit(found["url"])
    name = unquote(url.path.partition("/materials/")[2])
    info, data = course.objects.opened(name, dict(parse_qsl(url.query)))
    with data:
        assert (info.size, data.read()) == (found["bytes"], PNG)
    assert dict(parse_qsl(url.query))["filename"] == "clinic.png"


def test_an_upload_url_makes_the_file_and_never_replaces_it(course, problem) -> None:
    course_id = course.created()
    path = f"/v1/courses/{course_id}/media"
    body = {"name": "a.png", "content_type": "image/png", "bytes": 100}
    abandoned = course.call("POST", path, user="tom", json=body)
    again = course.call("POST", path, user="tom", json=body).json
    assert abandoned.status_code == 201
    course.put(course_id, "a.png", again["upload"], PNG)
    with pytest.raises(PreconditionFailed):
        course.put(course_id, "a.png", again["upload"], PNG)
    assert problem(course.call("POST", path, user="tom", json=body)) == (409, "media_exists")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../a.png"},
        {"name": "A.png"},
        {"content_type": "image/svg+xml"},
        {"content_type": "text/html"},
        {"bytes": 0},
        {"bytes": MAX_MEDIA_BYTES + 1},
        {"bytes": "1"},
        {"bytes": True},
        {"bytes": None},
    ],
)
def test_an_announcement_is_checked(course, problem, change) -> None:
    course_id = course.created()
    body = {"name": "a.png", "content_type": "image/png", "bytes": 1, **change}
    answer = course.call("POST", f"/v1/courses/{course_id}/media", user="tom", json=body)
    assert problem(answer) == (400, "invalid_request")


def test_a_file_that_is_not_what_it_claims_is_refused(course, problem) -> None:
    course_id = course.created(ILLUSTRATED)
    course.upload(course_id, "clinic.png", b"<script>alert(1)</script>", "image/png")
    publishing = course.call("POST", f"/v1/courses/{course_id}/publish", user="tom")
    assert problem(publishing) == (422, "course_incomplete")
    assert publishing.json["errors"][0]["pointer"] == "/units/0/lessons/0/prompts/0/media"
    asked = course.call("GET", f"/v1/courses/{course_id}/media/clinic.png", user="tom")
    assert problem(asked) == (409, "media_invalid")
    assert course.call("GET", f"/v1/courses/{course_id}/media", user="tom").json == {"items": []}


def test_others_see_only_what_a_version_refers_to(course, problem) -> None:
    course_id = course.created(ILLUSTRATED)
    course.upload(course_id, "clinic.png", PNG, "image/png")
    course.upload(course_id, "unused.png", PNG, "image/png")
    path = f"/v1/courses/{course_id}/media"
    assert problem(course.call("GET", path)) == (404, "course_not_found")
    assert problem(course.call("GET", f"{path}/clinic.png")) == (404, "course_not_found")
    course.publish(course_id)
    assert [item["name"] for item in course.call("GET", path).json["items"]] == ["clinic.png"]
    assert course.call("GET", f"{path}/clinic.png").status_code == 200
    assert problem(course.call("GET", f"{path}/unused.png")) == (404, "media_not_found")
    assert problem(course.call("GET", f"{path}/a%00")) == (404, "not_found")
    course.call("DELETE", f"/v1/courses/{course_id}", user="tom")
    assert problem(course.call("GET", path)) == (404, "course_not_found")
    assert course.call("GET", f"{path}/clinic.png").status_code == 200


def test_a_file_in_use_is_not_deleted(course, problem) -> None:
    course_id = course.created(ILLUSTRATED)
    course.upload(course_id, "clinic.png", PNG, "image/png")
    path = f"/v1/courses/{course_id}/media/clinic.png"
    assert problem(course.call("DELETE", path, user="tom")) == (409, "media_in_use")
    course.put_draft(course_id, content())
    assert course.call("DELETE", path, user="tom").status_code == 204
    assert course.objects.stat(media_object(course_id, "clinic.png")) is None
    assert problem(course.call("DELETE", path, user="tom")) == (404, "media_not_found")
    course.upload(course_id, "clinic.png", PNG, "image/png")
    course.put_draft(course_id, ILLUSTRATED)
    course.publish(course_id)
    course.put_draft(course_id, content())
    assert problem(course.call("DELETE", path, user="tom")) == (409, "media_in_use")


def test_a_course_has_room_for_so_many_files(course, problem, course_database) -> None:
    course_id = course.created()
    path = f"/v1/courses/{course_id}/media"
    fill = (
        "INSERT INTO course.media SELECT :id, 'f' || n, 'image/png', 1, 'stored', now() "
        "FROM generate_series(1, :count) n"
    )
    with course_database.begin() as connection:
        connection.execute(sa.text(fill), {"id": course_id, "count": MAX_MEDIA_OF_A_COURSE})
    body = {"name": "more.png", "content_type": "image/png", "bytes": 1}
    assert problem(course.call("POST", path, user="tom", json=body)) == (409, "media_limit")


def test_a_file_that_was_not_what_it_claimed_can_be_sent_again(course) -> None:
    course_id = course.created(ILLUSTRATED)
    course.upload(course_id, "clinic.png", b"no picture", "image/png")
    publishing = course.call("POST", f"/v1/courses/{course_id}/publish", user="tom")
    assert publishing.status_code == 422
    course.upload(course_id, "clinic.png", PNG, "image/png")
    assert course.publish(course_id) == 1


def test_a_file_deleted_while_it_is_looked_at_is_not_there(course, course_database) -> None:
    course_id = course.created()
    course.upload(course_id, "a.png", PNG, "image/png")
    read = course.objects.read

    def deleting(name: str, generation: str) -> bytes:
        course.objects.delete(name)
        return read(name, generation)

    course.objects.read = deleting
    media = Media(SqlDatabase(course_database), course.objects, SystemClock())
    assert media.of_course(Principal("tom", "teacher"), course_id) == []
