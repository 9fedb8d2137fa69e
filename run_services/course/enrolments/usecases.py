"""Learners in courses, and what they have completed there."""

import logging
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from run_services.course import access, cursors
from run_services.course.views import Page
from shared.domain.errors import NotFound
from shared.domain.identity import Principal
from shared.domain.times import timestamp
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.courses import progress, records
from shared.repositories.courses.progress import Completion, Enrolment, LessonProgress

_log = logging.getLogger(__name__)


class Enrolments:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def enrol(self, user: Principal, course_id: str) -> dict[str, Any]:
        """Who is enrolled stays so; what they completed before counts."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id)
            access.require_published(course)
            progress.enrol(connection, user.id, course.id, self._clock.now())
            (mine,) = progress.enrolments_of(connection, user.id, course_id=course.id, limit=1)
        return _enrolment(mine)

    def leave(self, user: Principal, course_id: str) -> None:
        """Whether enrolled or not; what was completed is kept."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id)
            if not progress.leave(connection, user.id, course.id):
                access.require_published(course)

    def list(self, user: Principal, cursor: str | None, limit: int) -> Page:
        """Newest first."""
        after = _position(cursor) if cursor else None
        with self._database.reading() as connection:
            found = progress.enrolments_of(connection, user.id, after=after, limit=limit + 1)
        page = found[:limit]
        items = [_enrolment(enrolment) for enrolment in page]
        if len(found) <= limit:
            return Page(items)
        last = page[-1]
        return Page(items, cursors.encode(last.enrolled_at.isoformat(), last.course_id))

    def progress(self, user: Principal, course_id: str) -> dict[str, Any]:
        """Lesson by lesson, in the version learners see."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id)
            if not progress.is_enrolled(connection, user.id, course.id):
                access.require_published(course)
                raise NotFound("You are not enrolled in this course.", code="not_enrolled")
            version = course.version or 0
            lessons = progress.lessons(connection, user.id, course.id, version)
        shown = [_lesson(lesson) for lesson in lessons]
        return {"course_id": course.id, "version": version, "lessons": shown}

    def complete(self, completion: Completion) -> None:
        """Note a finished attempt at a prompt; a repeat, or an unknown prompt, changes nothing."""
        with self._database.transaction() as connection:
            placed = records.prompt(
                connection, completion.course_id, completion.version, completion.prompt_id
            )
            if placed is None or placed.lesson_id != completion.lesson_id:
                _log.warning("completion of an unknown prompt: %s", completion.attempt_id)
                return
            progress.complete(connection, completion, self._clock.now())


def _position(cursor: str) -> tuple[datetime, str]:
    enrolled_at, course_id = cursors.decode(cursor, str, str)
    try:
        moment = datetime.fromisoformat(str(enrolled_at))
        position = (moment.astimezone(UTC), str(UUID(str(course_id))))
    except (ValueError, OverflowError):
        raise cursors.invalid() from None
    if moment.tzinfo is None:
        raise cursors.invalid()
    return position


def _enrolment(enrolment: Enrolment) -> dict[str, Any]:
    document: dict[str, Any] = {
        "course_id": enrolment.course_id,
        "title": enrolment.title,
        "enrolled_at": timestamp(enrolment.enrolled_at),
        "lessons_total": enrolment.lessons_total,
        "lessons_completed": enrolment.lessons_completed,
    }
    return document | _completed(enrolment.completed_at)


def _lesson(lesson: LessonProgress) -> dict[str, Any]:
    document: dict[str, Any] = {
        "lesson_id": lesson.lesson_id,
        "prompts_total": lesson.prompts_total,
        "prompts_done": lesson.prompts_done,
    }
    return document | _completed(lesson.completed_at)


def _completed(at: datetime | None) -> dict[str, str]:
    return {"completed_at": timestamp(at)} if at else {}
