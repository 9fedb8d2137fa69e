"""How strictly a reading is marked: chosen by the learner, else by the course, else standard."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

from shared import wiring
from shared.repositories.idempotency import Answer

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
COURSE = "0197b2c4-9d1e-7c3a-8f00-2b6c1d4e5f60"
READING = {"id": "thought", "kind": "read_aloud", "title": "Th", "text": "The doctor thought."}
TALK = {"id": "talk", "kind": "free_speech", "title": "Talk", "question": "Why?"}


def of_course(practice: "Practice", prompt: dict[str, Any], **more: Any) -> dict[str, Any]:
    practice.courses.publish(COURSE, prompt)
    body = {
        "prompt": {"course_id": COURSE, "prompt_id": prompt["id"]},
        "recording": {"content_type": "audio/webm"},
        **more,
    }
    response = practice.call("POST", "/v1/attempts", json=body)
    assert response.status_code == 201
    created: dict[str, Any] = response.json
    return created


def test_a_learner_chooses_and_reads_it_back(practice: "Practice") -> None:
    created = practice.create(strictness="lenient")
    assert created["strictness"] == "lenient"
    assert practice.call("GET", f"/v1/attempts/{created['id']}").json["strictness"] == "lenient"
    assert practice.attempts.get(created["id"]).attempt.strictness == "lenient"


def test_a_reading_without_a_choice_is_marked_by_the_standard(practice: "Practice") -> None:
    assert practice.create()["strictness"] == "standard"


@pytest.mark.parametrize(
    ("prompts", "chosen", "counts"),
    [
        ({}, {}, "standard"),
        ({"strictness": "strict"}, {}, "strict"),
        ({"strictness": "strict"}, {"strictness": "lenient"}, "lenient"),
    ],
)
def test_of_a_courses_prompt_the_learners_choice_comes_first(
    practice: "Practice", prompts: dict[str, str], chosen: dict[str, str], counts: str
) -> None:
    assert of_course(practice, READING | prompts, **chosen)["strictness"] == counts


def test_what_is_not_read_has_none(practice: "Practice", problem: Problem) -> None:
    assert "strictness" not in practice.create(kind="free_speech", prompt={})
    assert "strictness" not in of_course(practice, TALK, strictness="strict")
    body = {
        "kind": "free_speech",
        "recording": {"content_type": "audio/webm"},
        "strictness": "strict",
    }
    refused = practice.call("POST", "/v1/attempts", json=body)
    assert problem(refused) == (400, "invalid_request")


def test_a_word_that_is_none_of_the_three_is_refused(
    practice: "Practice", problem: Problem
) -> None:
    body = {
        "kind": "read_aloud",
        "prompt": {"text": "Hello."},
        "recording": {"content_type": "audio/webm"},
        "strictness": "harsh",
    }
    refused = practice.call("POST", "/v1/attempts", json=body)
    assert problem(refused) == (400, "invalid_request")
    assert refused.json["errors"][0]["pointer"] == "/strictness"


def test_a_retry_is_marked_as_the_first_was(practice: "Practice") -> None:
    first = practice.create(strictness="strict")
    practice.end(first["id"], "no_speech")
    again = practice.call("POST", f"/v1/attempts/{first['id']}/retry").json
    assert again["strictness"] == "strict"


def test_a_repeat_without_a_choice_is_known_by_the_fields_it_has(practice: "Practice") -> None:
    request = {
        "kind": "free_speech",
        "prompt": {
            "language": "en",
            "title": None,
            "text": None,
            "question": None,
            "course_id": None,
            "prompt_id": None,
            "version": None,
        },
        "recording": {"content_type": "audio/webm", "bytes": None},
    }
    first = practice.create(kind="free_speech", prompt={})
    keys = wiring.idempotency_keys(practice.settings)
    keys.once("eve", "create attempt", "k1", request, lambda: Answer(201, first))
    body = {"kind": "free_speech", "recording": {"content_type": "audio/webm"}}
    headers = {"Idempotency-Key": "k1"}
    again = practice.call("POST", "/v1/attempts", json=body, headers=headers)
    assert again.json == first
