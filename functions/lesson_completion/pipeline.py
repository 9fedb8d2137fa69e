"""A completed attempt at a course's prompt counts for its lesson."""

from typing import TYPE_CHECKING

from shared.domain.errors import NotFound
from shared.domain.events import AttemptChanged
from shared.repositories.attempts import Attempts

if TYPE_CHECKING:
    from shared.runtime.service_client import ServiceClient


class LessonCompletion:
    """Runs for `AttemptChanged`; attempts outside of courses, and deleted ones, are left out."""

    def __init__(self, attempts: Attempts, course: "ServiceClient") -> None:
        self._attempts = attempts
        self._course = course

    def report(self, event: AttemptChanged) -> None:
        try:
            attempt = self._attempts.get(event.attempt_id).attempt
        except NotFound:
            return
        prompt = attempt.prompt
        if attempt.status != "completed" or prompt.course_id is None:
            return
        completion = {
            "user_id": attempt.user_id,
            "course_id": prompt.course_id,
            "lesson_id": prompt.lesson_id,
            "prompt_id": prompt.id,
            "attempt_id": attempt.id,
            "version": prompt.version,
        }
        self._course.call("POST", "/internal/v1/completions", completion)
