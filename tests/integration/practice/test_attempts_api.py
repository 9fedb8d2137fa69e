"""POST, GET, list, DELETE and retry of attempts, over real documents and objects."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from shared.adapters.embedded.clock import SystemClock

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
NOW = SystemClock().now


def test_a_new_attempt_awaits_its_upload(practice: "Practice") -> None:
    created = practice.create()
    assert created["status"] == "awaiting_upload"
    assert created["prompt"] == {"language": "en", "text": "The doctor thought."}
    terms = created["upload"]
    assert terms["method"] == "PUT"
    assert terms["headers"]["Content-Type"] == "audio/webm"
    assert terms["max_bytes"] == 25 * 1024 * 1024
    assert not {"lease_until", "traceparent", "last_error"} & created.keys()


def test_a_declared_size_binds_the_upload(practice: "Practice") -> None:
    created = practice.create(recording={"content_type": "audio/webm", "bytes": 5})
    assert created["upload"]["headers"]["x-goog-content-length-range"] == "0,5"


def test_a_free_answer_needs_no_text(practice: "Practice") -> None:
    created = practice.create(kind="interview", prompt={"question": "Why this job?"})
    assert created["prompt"] == {"language": "en", "question": "Why this job?"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "song"}, "/kind"),
        ({"kind": "free_speech"}, ""),
        ({"prompt": {}}, ""),
        ({"prompt": {"text": " "}}, "/prompt/text"),
        ({"prompt": {"text": "x" * 2001}}, "/prompt/text"),
        ({"prompt": {"text": "a\0b"}}, "/prompt/text"),
        ({"prompt": {"text": "x", "question": "Why?"}}, ""),
        ({"prompt": {"text": "x", "language": "xx"}}, "/prompt/language"),
        ({"prompt": {"text": "x", "colour": "red"}}, "/prompt/colour"),
        ({"recording": {}}, "/recording/content_type"),
        ({"recording": {"content_type": "text/html"}}, "/recording/content_type"),
        ({"recording": {"content_type": "audio/webm\n"}}, "/recording/content_type"),
        ({"recording": {"content_type": "audio/webm", "bytes": 0}}, "/recording/bytes"),
        ({"recording": {"content_type": "audio/webm", "bytes": 26214401}}, "/recording/bytes"),
        ({"user_id": "ann"}, "/user_id"),
    ],
)
def test_bad_fields_are_named(
    practice: "Practice", problem: Problem, changes: dict, pointer: str
) -> None:
    body = {
        "kind": "read_aloud",
        "prompt": {"text": "Hello."},
        "recording": {"content_type": "audio/webm"},
        **changes,
    }
    response = practice.call("POST", "/v1/attempts", json=body)
    assert problem(response) == (400, "invalid_request")
    assert pointer in [error["pointer"] for error in response.json["errors"]]


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object(practice: "Practice", problem: Problem, body: bytes) -> None:
    response = practice.call("POST", "/v1/attempts", data=body, content_type="application/json")
    assert problem(response) == (400, "malformed_json")


def test_another_media_type(practice: "Practice", problem: Problem) -> None:
    response = practice.call("POST", "/v1/attempts", data="x", content_type="text/plain")
    assert problem(response) == (415, "unsupported_media_type")


def test_nobody_is_refused_everywhere(practice: "Practice", problem: Problem) -> None:
    attempt_id = practice.create()["id"]
    one = f"/v1/attempts/{attempt_id}"
    for method, path in [
        ("POST", "/v1/attempts"),
        ("GET", "/v1/attempts"),
        ("GET", one),
        ("DELETE", one),
        ("POST", f"{one}/retry"),
    ]:
        assert problem(practice.call(method, path, user=None)) == (401, "unauthenticated")
        service = practice.call(method, path, user="feedback_writer", role="service", json={})
        assert problem(service) == (403, "forbidden")


def test_another_learners_attempt_does_not_exist(practice: "Practice", problem: Problem) -> None:
    one = f"/v1/attempts/{practice.create('eve')['id']}"
    for method, path in [("GET", one), ("DELETE", one), ("POST", f"{one}/retry")]:
        response = practice.call(method, path, user="ann")
        assert problem(response) == (404, "attempt_not_found")
    assert practice.call("GET", one, user="eve").status_code == 200
    assert practice.call("GET", "/v1/attempts", user="ann").json == {"items": []}


def test_what_is_no_id_is_no_attempt(practice: "Practice", problem: Problem) -> None:
    assert problem(practice.call("GET", "/v1/attempts/x")) == (404, "attempt_not_found")
    assert problem(practice.call("GET", "/v1/attempts/a%00b")) == (404, "not_found")


def test_get_revalidates_by_etag_and_says_when_to_ask_again(practice: "Practice") -> None:
    path = f"/v1/attempts/{practice.create()['id']}"
    first = practice.call("GET", path)
    assert first.headers["Retry-After"] == "1"
    etag = first.headers["ETag"]
    assert practice.call("GET", path, headers={"If-None-Match": etag}).status_code == 304
    practice.end(first.json["id"], "no_speech")
    changed = practice.call("GET", path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Retry-After" not in changed.headers
    assert changed.json["failure"]["code"] == "no_speech"
    assert "upload" not in changed.json


def test_the_list_pages_from_new_to_old(practice: "Practice") -> None:
    made = [practice.create()["id"] for _ in range(5)]
    practice.create("ann")
    seen: list[str] = []
    cursor = ""
    for _ in itertools.count():
        page = practice.call("GET", f"/v1/attempts?limit=2{cursor}").json
        seen += [item["id"] for item in page["items"]]
        if "next_cursor" not in page:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "cursor=%FF", "cursor=AA==", "cursor=!!!!", "colour=red"],
)
def test_bad_queries(practice: "Practice", problem: Problem, query: str) -> None:
    response = practice.call("GET", f"/v1/attempts?{query}")
    assert problem(response)[0] == 400


def test_delete_removes_attempt_recording_and_features(
    practice: "Practice", problem: Problem
) -> None:
    created = practice.create()
    practice.upload(created)
    practice.features.save("eve", created["id"], b"numbers", "application/zip")
    path = f"/v1/attempts/{created['id']}"
    assert practice.call("DELETE", path).status_code == 204
    assert problem(practice.call("GET", path)) == (404, "attempt_not_found")
    assert practice.objects.names() == []
    assert not practice.features.has("eve", created["id"])


def test_a_repeated_post_gets_the_first_answer(practice: "Practice", problem: Problem) -> None:
    body = {
        "kind": "free_speech",
        "recording": {"content_type": "audio/webm"},
    }
    headers = {"Idempotency-Key": "k1"}
    first = practice.call("POST", "/v1/attempts", json=body, headers=headers)
    again = practice.call("POST", "/v1/attempts", json=body, headers=headers)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    other = {**body, "kind": "interview"}
    reused = practice.call("POST", "/v1/attempts", json=other, headers=headers)
    assert problem(reused) == (422, "idempotency_key_reused")
    ann = practice.call("POST", "/v1/attempts", json=body, headers=headers, user="ann")
    assert ann.json["id"] != first.json["id"]
    assert len(practice.call("GET", "/v1/attempts").json["items"]) == 1


def test_an_unusable_key(practice: "Practice", problem: Problem) -> None:
    headers = {"Idempotency-Key": "k" * 256}
    response = practice.call("POST", "/v1/attempts", json={}, headers=headers)
    assert problem(response)[0] == 400


def test_a_refused_post_frees_its_key(practice: "Practice") -> None:
    unfinished = practice.create()["id"]
    headers = {"Idempotency-Key": "k1"}
    path = f"/v1/attempts/{unfinished}/retry"
    assert practice.call("POST", path, headers=headers).status_code == 409
    practice.end(unfinished, "no_speech")
    assert practice.call("POST", path, headers=headers).status_code == 201


def test_health_is_open_and_routes_that_do_not_exist_are_problems(
    practice: "Practice", problem: Problem
) -> None:
    assert practice.call("GET", "/v1/health", user=None).json == {"status": "ok"}
    missing = practice.client.get("/v1/nothing")
    assert problem(missing) == (404, "not_found")
    wrong = practice.client.patch("/v1/attempts")
    assert problem(wrong)[0] in (401, 405)


def test_a_stored_attempt_keeps_the_trace_of_its_request(practice: "Practice") -> None:
    traceparent = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"
    body = {"kind": "free_speech", "recording": {"content_type": "audio/webm"}}
    headers = {"traceparent": traceparent}
    created = practice.call("POST", "/v1/attempts", json=body, headers=headers).json
    stored = practice.attempts.get(created["id"]).attempt
    assert stored.traceparent is not None
    assert stored.traceparent.split("-")[1] == "ab" * 16
    assert replace(stored, traceparent=None).id == created["id"]
