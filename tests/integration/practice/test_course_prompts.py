"""Attempts at a course's prompt: asked of the course service, kept as they were then."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
COURSE = "0197b2c4-9d1e-7c3a-8f00-2b6c1d4e5f60"
READING = {"id": "thought", "kind": "read_aloud", "title": "Th", "text": "The doctor thought."}
ROLE_PLAY = {
    "id": "ward",
    "kind": "role_play",
    "title": "On the ward",
    "setting": "A surgical ward at night.",
    "profession": "nurse",
    "role": "You are the nurse.",
    "patient": {"name": "Mr Hill", "background": "Had surgery yesterday."},
    "tasks": ["Find out how he slept.", "Explain the new tablets."],
}


def body(prompt_id: str, **more: Any) -> dict[str, Any]:
    prompt = {"course_id": COURSE, "prompt_id": prompt_id, **more}
    return {"prompt": prompt, "recording": {"content_type": "audio/webm"}}


def test_an_attempt_keeps_the_prompt_of_its_version(practice: "Practice") -> None:
    practice.courses.publish(COURSE, READING, version=3)
    created = practice.call("POST", "/v1/attempts", json=body("thought")).json
    practice.courses.publish(COURSE, {**READING, "text": "Changed."}, version=4)
    kept = practice.call("GET", f"/v1/attempts/{created['id']}").json
    assert (kept["kind"], kept["prompt"]) == (
        "read_aloud",
        {
            "language": "en",
            "title": "Th",
            "text": "The doctor thought.",
            "id": "thought",
            "version": 3,
            "course_id": COURSE,
            "lesson_id": "lesson-1",
        },
    )
    old = practice.call("POST", "/v1/attempts", json=body("thought", version=3)).json
    new = practice.call("POST", "/v1/attempts", json=body("thought")).json
    assert (old["prompt"]["text"], new["prompt"]["text"]) == ("The doctor thought.", "Changed.")


def test_a_retry_keeps_prompt_and_kind(practice: "Practice") -> None:
    practice.courses.publish(COURSE, READING, version=3)
    first = practice.call("POST", "/v1/attempts", json=body("thought")).json
    practice.end(first["id"], "no_speech")
    practice.courses.publish(COURSE, {**READING, "text": "Changed."}, version=4)
    again = practice.call("POST", f"/v1/attempts/{first['id']}/retry").json
    assert (again["kind"], again["prompt"]) == (first["kind"], first["prompt"])


@pytest.mark.parametrize("kind", ["free_speech", "interview"])
def test_a_question_is_asked_as_it_is(practice: "Practice", kind: str) -> None:
    prompt = {"id": "q", "kind": kind, "title": "Q", "question": "Why?", "category": "general"}
    practice.courses.publish(COURSE, prompt)
    created = practice.call("POST", "/v1/attempts", json=body("q")).json
    assert (created["kind"], created["prompt"]["question"]) == (kind, "Why?")


def test_a_role_play_tells_setting_and_tasks(practice: "Practice") -> None:
    practice.courses.publish(COURSE, ROLE_PLAY)
    created = practice.call("POST", "/v1/attempts", json=body("ward")).json
    assert created["prompt"]["question"] == (
        "A surgical ward at night.\nFind out how he slept.\nExplain the new tablets."
    )


def test_a_long_role_play_is_cut_at_a_line(practice: "Practice") -> None:
    practice.courses.publish(COURSE, {**ROLE_PLAY, "setting": "s" * 500, "tasks": ["t" * 300] * 3})
    question = practice.call("POST", "/v1/attempts", json=body("ward")).json["prompt"]["question"]
    assert question == "s" * 500 + "\n" + "t" * 300


def test_the_call_names_the_caller_and_the_version(practice: "Practice") -> None:
    practice.courses.publish(COURSE, READING, version=3)
    practice.call("POST", "/v1/attempts", json=body("thought", version=3))
    [(method, path, _, authorization)] = practice.courses.calls
    prefix = f"/internal/v1/courses/{COURSE}/prompts/thought"
    assert (method, path) == ("GET", f"{prefix}?version=3")
    assert authorization.startswith("Bearer ey")


def test_what_no_course_has_is_not_found(practice: "Practice", problem: Problem) -> None:
    practice.courses.publish(COURSE, READING, version=3)
    for asked in (body("other"), body("thought", version=2)):
        response = practice.call("POST", "/v1/attempts", json=asked)
        assert problem(response) == (404, "prompt_not_found")
    assert practice.call("GET", "/v1/attempts").json == {"items": []}


@pytest.mark.parametrize("status", [200, 401, 403, 500])
def test_a_course_service_that_fails_leaves_nothing(
    practice: "Practice", problem: Problem, status: int
) -> None:
    practice.courses.fails_with = status
    headers = {"Idempotency-Key": "k"}
    response = practice.call("POST", "/v1/attempts", json=body("thought"), headers=headers)
    assert problem(response)[0] == 503
    assert practice.call("GET", "/v1/attempts").json == {"items": []}
    practice.courses.fails_with = None
    practice.courses.publish(COURSE, READING)
    again = practice.call("POST", "/v1/attempts", json=body("thought"), headers=headers)
    assert again.status_code == 201


def test_an_answer_of_another_shape_is_no_prompt(practice: "Practice", problem: Problem) -> None:
    practice.courses.publish(COURSE, {"id": "thought", "kind": "song", "title": "La"})
    response = practice.call("POST", "/v1/attempts", json=body("thought"))
    assert problem(response) == (503, "service_unavailable")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "read_aloud"}, ""),
        ({"prompt": {"course_id": COURSE}}, "/prompt"),
        ({"prompt": {"prompt_id": "a"}}, "/prompt"),
        ({"prompt": {"version": 1}}, "/prompt"),
        ({"prompt": {"course_id": COURSE, "prompt_id": "a", "text": "x"}}, "/prompt"),
        ({"prompt": {"course_id": COURSE, "prompt_id": "A"}}, "/prompt/prompt_id"),
        ({"prompt": {"course_id": "..", "prompt_id": "a"}}, "/prompt/course_id"),
        ({"prompt": {"course_id": COURSE, "prompt_id": "a", "version": 0}}, "/prompt/version"),
        ({"prompt": {"course_id": COURSE, "prompt_id": "a", "version": "1"}}, "/prompt/version"),
        ({"prompt": {"course_id": COURSE, "prompt_id": "a", "version": None}}, "/prompt/version"),
    ],
)
def test_a_course_prompt_is_named_and_nothing_else(
    practice: "Practice", problem: Problem, changes: dict[str, Any], pointer: str
) -> None:
    response = practice.call("POST", "/v1/attempts", json={**body("thought"), **changes})
    assert problem(response) == (400, "invalid_request")
    assert pointer in [error["pointer"] for error in response.json["errors"]]
    assert practice.courses.calls == []
