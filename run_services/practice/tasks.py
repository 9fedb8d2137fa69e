"""What an attempt is made at."""

from dataclasses import dataclass

from shared.domain.analysis import Strictness
from shared.domain.attempt import Kind, Prompt


@dataclass(frozen=True, slots=True)
class Task:
    """`strictness` counts for a read_aloud alone; None leaves it to the standard."""

    kind: Kind
    prompt: Prompt
    strictness: Strictness | None = None


@dataclass(frozen=True, slots=True)
class CourseTask:
    """A course's prompt by name; without `version` the one published last.

    Without `strictness` the prompt's own counts.
    """

    course_id: str
    prompt_id: str
    version: int | None = None
    strictness: Strictness | None = None
