"""Enrolment, progress and completion, as finished attempts are reported."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest

from run_services.course import cursors
from run_services.course.enrolments.usecases import Enrolments
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.postgresql.sql import SqlDatabase
from shared.domain.identity import Principal
from tests.fakes.course_contents import content, lesson, read_aloud

TWO_LESSONS = content(
    lesson("first", read_aloud("one"), read_aloud("two")), lesson("second", read_aloud("three"))
)


def enrolment(course, course_id: str) -> dict:
    answer = course.call("PUT", f"/v1/courses/{course_id}/enrolment")
    assert answer.status_code == 200, answer.text
    return answer.json


def done(course, course_id: str) -> list[tuple[str, int, int, bool]]:
    progress = course.call("GET", f"/v1/courses/{course_id}/progress").json
    return [
        (each["lesson_id"], each["prompts_done"], each["prompts_total"], "completed_at" in each)
        for each in progress["lessons"]
    ]


def test_enrolling_twice_is_one_enrolment(course, problem) -> None:
    course_id = course.published(TWO_LESSONS)
    first = enrolment(course, course_id)
    assert (first["title"], first["lessons_total"], first["lessons_completed"]) == ("At work", 2, 0)
    assert "completed_at" not in first
    assert enrolment(course, course_id) == first
    assert course.call("GET", "/v1/enrolments").json == {"items": [first]}
    for _ in range(2):
        path = f"/v1/courses/{course_id}/enrolment"
        assert course.call("DELETE", path).status_code == 204
    gone = course.call("GET", f"/v1/courses/{course_id}/progress")
    assert problem(gone) == (404, "not_enrolled")


def test_a_course_nobody_sees_has_no_enrolments(course, problem) -> None:
    course_id = course.created()
    for method, path in (("PUT", "enrolment"), ("DELETE", "enrolment"), ("GET", "progress")):
        answer = course.call(method, f"/v1/courses/{course_id}/{path}")
        assert problem(answer) == (404, "course_not_found")


def test_a_lesson_is_completed_with_its_last_prompt(course) -> None:
    course_id = course.published(TWO_LESSONS)
    enrolment(course, course_id)
    assert done(course, course_id) == [("first", 0, 2, False), ("second", 0, 1, False)]
    course.complete(course_id, "first", "one")
    course.complete(course_id, "first", "one")
    assert done(course, course_id) == [("first", 1, 2, False), ("second", 0, 1, False)]
    course.complete(course_id, "first", "two")
    assert done(course, course_id) == [("first", 2, 2, True), ("second", 0, 1, False)]
    halfway = enrolment(course, course_id)
    assert (halfway["lessons_completed"], "completed_at" in halfway) == (1, False)
    course.complete(course_id, "second", "three")
    finished = enrolment(course, course_id)
    assert (finished["lessons_completed"], "completed_at" in finished) == (2, True)


def test_what_was_done_before_enrolling_counts(course) -> None:
    course_id = course.published(TWO_LESSONS)
    course.complete(course_id, "second", "three")
    assert enrolment(course, course_id)["lessons_completed"] == 1
    course.call("DELETE", f"/v1/courses/{course_id}/enrolment")
    assert enrolment(course, course_id)["lessons_completed"] == 1


def test_a_lesson_is_measured_by_the_version_that_was_practised(course) -> None:
    course_id = course.published(TWO_LESSONS)
    enrolment(course, course_id)
    longer = lesson("first", read_aloud("one"), read_aloud("two"), read_aloud("four"))
    course.put_draft(course_id, content(longer))
    assert course.publish(course_id) == 2
    course.complete(course_id, "first", "one", version=1)
    course.complete(course_id, "first", "two", version=1)
    assert done(course, course_id) == [("first", 2, 3, True)]
    whole = enrolment(course, course_id)
    assert (whole["lessons_total"], whole["lessons_completed"]) == (1, 1)


@pytest.mark.parametrize(
    ("lesson_id", "prompt", "version"),
    [("first", "nine", 1), ("second", "one", 1), ("first", "one", 2)],
)
def test_a_report_of_an_unknown_prompt_changes_nothing(course, lesson_id, prompt, version) -> None:
    course_id = course.published(TWO_LESSONS)
    enrolment(course, course_id)
    course.complete(course_id, lesson_id, prompt, version)
    assert [each[1] for each in done(course, course_id)] == [0, 0]


def test_last_prompts_reported_at_once_complete_the_lesson(course) -> None:
    prompts = [f"p{number}" for number in range(8)]
    course_id = course.published(content(lesson("all", *map(read_aloud, prompts))))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda prompt: course.complete(course_id, "all", prompt), prompts))
    assert enrolment(course, course_id)["lessons_completed"] == 1


def test_a_malformed_report_is_refused(course, problem) -> None:
    answer = course.internal("POST", "/internal/v1/completions", json={"user_id": "", "version": 0})
    assert problem(answer) == (400, "invalid_request")


def test_a_learners_token_opens_no_internal_route(course) -> None:
    token = course.tokens.issue(Principal("eve", "learner"), "course", timedelta(minutes=1))
    headers = {"Authorization": f"Bearer {token}"}
    answer = course.app.test_client().get("/internal/v1/users/eve/data", headers=headers)
    assert answer.status_code == 403


def test_enrolments_come_in_pages_the_newest_first(course, problem) -> None:
    made = [course.published(content(title=f"Course {number}")) for number in range(3)]
    for course_id in made:
        enrolment(course, course_id)
    first = course.call("GET", "/v1/enrolments?limit=2").json
    rest = course.call("GET", f"/v1/enrolments?cursor={quote(first['next_cursor'])}").json
    assert [item["course_id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert "next_cursor" not in rest
    for cursor in ("x", "WyIyMDI2LTAxLTAxIiwgImEiXQ==", "WyIyMDI2LTAxLTAxIl0="):
        refused = course.call("GET", f"/v1/enrolments?cursor={cursor}")
        assert problem(refused) == (400, "cursor_invalid")


def test_enrolling_and_leaving_at_once_end_well(course, course_database) -> None:
    course_id = course.published()
    enrolments = Enrolments(SqlDatabase(course_database), SystemClock())
    eve = Principal("eve", "learner")

    def come_and_go(number: int) -> None:
        for _ in range(40):
            if number % 2:
                enrolments.leave(eve, course_id)
            else:
                assert enrolments.enrol(eve, course_id)["course_id"] == course_id

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(come_and_go, range(6)))


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"])
def test_a_time_out_of_range_is_no_cursor(course, problem, moment) -> None:
    course_id = course.published()
    cursor = cursors.encode(moment, course_id)
    refused = course.call("GET", f"/v1/enrolments?cursor={quote(cursor)}")
    assert problem(refused) == (400, "cursor_invalid")
