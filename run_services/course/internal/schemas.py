"""The body that reports a finished attempt; openapi/internal.yaml says the same."""

from typing import Annotated
from uuid import UUID

from run_services.course.integers import JsonInteger, VersionNumber
from shared.repositories.courses.fields import Key
from shared.repositories.courses.progress import Completion
from shared.runtime.bodies import Body, text


class CompletionBody(Body):
    user_id: Annotated[str, text(1, 64)]
    course_id: UUID
    lesson_id: Key
    prompt_id: Key
    attempt_id: UUID
    version: Annotated[VersionNumber, JsonInteger]

    def completion(self) -> Completion:
        return Completion(
            self.user_id,
            str(self.course_id),
            self.lesson_id,
            self.prompt_id,
            self.version,
            str(self.attempt_id),
        )
