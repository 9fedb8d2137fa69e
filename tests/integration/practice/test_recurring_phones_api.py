"""A learner's recurring sounds, from the attempts that are stored."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

from shared.domain.analysis import Analysis
from tests.fakes import analyses

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
URL = "/v1/users/me/recurring-phones"


def analysed(practice: "Practice", *lisped: int, user: str = "eve") -> str:
    """An analysed reading whose words at these indices have /θ/ like /s/."""
    analysis = analyses.reading("thin thick thought theme third")
    for index in lisped:
        analysis = analyses.with_poor_phone(analysis, index)
    return stored(practice, replace(analysis, strictness="standard"), user)


def stored(practice: "Practice", analysis: Analysis, user: str = "eve") -> str:
    attempt_id: str = practice.create(user)["id"]
    practice.attempts.update(
        attempt_id, lambda attempt: replace(attempt, status="analyzed", analysis=analysis)
    )
    return attempt_id


def read(practice: "Practice", query: str = "", user: str = "eve") -> dict[str, Any]:
    response = practice.call("GET", URL + query, user=user)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-cache"
    answer: dict[str, Any] = response.json
    return answer


def names(answer: dict[str, Any]) -> Sequence[str]:
    return [found["phone"] for found in answer["phones"]]


def test_what_single_readings_hint_at_adds_up(practice: "Practice") -> None:
    first = analysed(practice, 0, 1)
    assert read(practice) == {"attempts": 1, "phones": []}
    second = analysed(practice, 2)
    assert read(practice) == {
        "attempts": 2,
        "phones": [
            {
                "phone": "TH",
                "ipa": "θ",
                "words_at_fault": 3,
                "words_with_phone": 3,
                "examples": [
                    {"attempt_id": second, "word": 2, "text": "thought"},
                    {"attempt_id": first, "word": 0, "text": "thin"},
                    {"attempt_id": first, "word": 1, "text": "thick"},
                ],
                "heard_as": {"phone": "S", "ipa": "s", "share": 1.0},
            }
        ],
    }


def test_only_measured_readings_count(practice: "Practice") -> None:
    analysed(practice, 0, 1, 2)
    stored(practice, analyses.reading())
    practice.create()
    practice.create(kind="free_speech", prompt={})
    answer = read(practice)
    assert (answer["attempts"], names(answer)) == (1, ["TH"])


def test_another_learners_words_are_not_counted(practice: "Practice") -> None:
    analysed(practice, 0, 1, 2, user="ann")
    assert read(practice) == {"attempts": 0, "phones": []}
    assert names(read(practice, user="ann")) == ["TH"]


def test_only_the_latest_are_looked_at(practice: "Practice") -> None:
    analysed(practice, 0, 1, 2)
    analysed(practice)
    assert names(read(practice, "?attempts=1")) == []
    assert names(read(practice, "?attempts=2")) == ["TH"]


def test_a_deleted_attempt_no_longer_counts(practice: "Practice") -> None:
    attempt_id = analysed(practice, 0, 1, 2)
    assert practice.call("DELETE", f"/v1/attempts/{attempt_id}").status_code == 204
    assert read(practice) == {"attempts": 0, "phones": []}


@pytest.mark.parametrize("query", ["attempts=0", "attempts=51", "attempts=x", "limit=3"])
def test_how_many_is_bounded(practice: "Practice", problem: Problem, query: str) -> None:
    assert problem(practice.call("GET", f"{URL}?{query}")) == (400, "invalid_request")


def test_it_takes_a_persons_token(practice: "Practice", problem: Problem) -> None:
    assert problem(practice.call("GET", URL, user=None)) == (401, "unauthenticated")
    service = practice.call("GET", URL, user="feedback_writer", role="service")
    assert problem(service) == (403, "forbidden")
