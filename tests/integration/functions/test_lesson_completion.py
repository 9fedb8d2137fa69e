"""lesson_completion: completed attempts at courses' prompts are reported to the course service."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.attempt import Attempt, Prompt
from tests.fakes.course_service import FakeCourses

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

PROMPT = Prompt("en", "Th", "The doctor.", None, "thought", 3, "course-1", "lesson-1")


@pytest.fixture(autouse=True)
def courses(
    bench: "Bench", start: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeCourses]:
    with FakeCourses() as courses:
        monkeypatch.setenv("ROSTRUM_COURSE_URL", courses.url)
        start("lesson_completion", "on_attempt_completed")
        yield courses


def send(bench: "Bench", attempt: Attempt) -> int:
    data: dict[str, Any] = {"attempt_id": attempt.id, "user_id": attempt.user_id}
    return bench.send_message("lesson_completion", data)


def test_a_completed_attempt_counts_for_its_lesson(bench: "Bench", courses: FakeCourses) -> None:
    attempt = bench.attempt(status="completed", prompt=PROMPT)
    assert [send(bench, attempt) for _ in range(2)] == [200, 200]
    reports = [body for _, _, body, _ in courses.calls]
    assert (
        reports
        == [
            {
                "user_id": "eve",
                "course_id": "course-1",
                "lesson_id": "lesson-1",
                "prompt_id": "thought",
                "attempt_id": attempt.id,
                "version": 3,
            }
        ]
        * 2
    )


def test_what_counts_for_no_lesson_is_left_out(bench: "Bench", courses: FakeCourses) -> None:
    own = bench.attempt("Hello.", status="completed")
    early = bench.attempt(status="analyzed", prompt=PROMPT)
    deleted = bench.attempt(status="completed", prompt=PROMPT)
    bench.attempts.delete(deleted.id)
    assert [send(bench, attempt) for attempt in (own, early, deleted)] == [200] * 3
    assert courses.calls == []


def test_a_course_service_that_is_away_is_told_later(bench: "Bench", courses: FakeCourses) -> None:
    attempt = bench.attempt(status="completed", prompt=PROMPT)
    courses.fails_with = 500
    assert send(bench, attempt) == 500
    courses.fails_with = None
    assert send(bench, attempt) == 200
