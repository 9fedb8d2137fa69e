"""Courses as the practice service sees them: prompts of published versions."""

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from run_services.practice.tasks import CourseTask, Task
from shared.domain.analysis import Strictness
from shared.domain.attempt import Prompt
from shared.domain.errors import AppError, NotFound, Unavailable

if TYPE_CHECKING:
    from shared.runtime.service_client import ServiceClient

_MAX_QUESTION = 1000


class _Titled(BaseModel):
    id: str
    title: str
    strictness: Strictness | None = None


class _ReadAloud(_Titled):
    kind: Literal["read_aloud"]
    text: str

    def task(self) -> dict[str, str]:
        return {"text": self.text}


class _Question(_Titled):
    kind: Literal["free_speech", "interview"]
    question: str

    def task(self) -> dict[str, str]:
        return {"question": self.question}


class _RolePlay(_Titled):
    kind: Literal["role_play"]
    setting: str
    tasks: list[str]

    def task(self) -> dict[str, str]:
        return {"question": _cut_at_a_line([self.setting, *self.tasks])}


class _CoursePrompt(BaseModel):
    course_id: str
    version: int
    lesson_id: str
    language: Literal["en"] = "en"
    prompt: Annotated[_ReadAloud | _Question | _RolePlay, Field(discriminator="kind")]


@cache
def _answer() -> TypeAdapter[_CoursePrompt]:
    return TypeAdapter(_CoursePrompt)


class Courses:
    def __init__(self, client: "ServiceClient") -> None:
        self._client = client

    def task(self, named: CourseTask) -> Task:
        """The prompt of that published version, or of the present one, as an attempt keeps it.

        Raises `NotFound` when there is none, `Unavailable` when the course service does not
        answer.
        """
        path = f"/internal/v1/courses/{quote(named.course_id)}/prompts/{quote(named.prompt_id)}"
        query = "" if named.version is None else f"?version={named.version}"
        try:
            found = _answer().validate_python(self._client.call("GET", path + query))
        except NotFound:
            raise
        except ValidationError:
            # Not the cause itself: it would quote the answer.
            raise _unavailable() from None
        except AppError as error:
            raise error if error.retryable else _unavailable() from error
        asked: dict[str, Any] = found.prompt.task()
        prompt = Prompt(
            language=found.language,
            title=found.prompt.title,
            id=found.prompt.id,
            version=found.version,
            course_id=found.course_id,
            lesson_id=found.lesson_id,
            **asked,
        )
        return Task(found.prompt.kind, prompt, named.strictness or found.prompt.strictness)


def _cut_at_a_line(lines: list[str]) -> str:
    text = "\n".join(lines)
    if len(text) <= _MAX_QUESTION:
        return text
    return text[: _MAX_QUESTION + 1].rpartition("\n")[0]


def _unavailable() -> Unavailable:
    return Unavailable("The course service did not answer.", code="service_unavailable")
