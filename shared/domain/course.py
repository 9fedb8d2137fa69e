"""A course's content: units of lessons of prompts, and what it lacks before it can be published."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.domain.errors import FieldError
from shared.domain.prompts import CoursePrompt

Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
CourseStatus = Literal["draft", "published", "archived"]

MEDIA_UPLOAD_WINDOW = timedelta(minutes=15)
MEDIA_DOWNLOAD_WINDOW = timedelta(minutes=15)
MAX_MEDIA_BYTES = 20 * 1024 * 1024
MAX_MEDIA_OF_A_COURSE = 500
# The owner of a published course whose author's account was erased.
ERASED_OWNER = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """`introduction` is Markdown; `media` are names of the course's media."""

    id: str
    title: str
    summary: str | None = None
    introduction: str | None = None
    media: tuple[str, ...] = ()
    prompts: tuple[CoursePrompt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    id: str
    title: str
    summary: str | None = None
    lessons: tuple[Lesson, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseContent:
    """What an author writes and a version keeps; `language` is a BCP 47 tag, `level` of the CEFR.

    The ids of units, of lessons and of prompts are each unique within the course.
    """

    title: str
    language: str = "en"
    level: Level | None = None
    summary: str | None = None
    tags: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()

    def lessons(self) -> Iterator[Lesson]:
        for unit in self.units:
            yield from unit.lessons

    def placed_prompts(self) -> Iterator[tuple[Lesson, CoursePrompt]]:
        """Every prompt with the lesson it stands in, in the course's order."""
        for lesson in self.lessons():
            for prompt in lesson.prompts:
                yield lesson, prompt

    def media_places(self) -> Iterator[tuple[str, str]]:
        """(JSON pointer, media name) of every place that refers to media."""
        for u, unit in enumerate(self.units):
            for i, lesson in enumerate(unit.lessons):
                at = f"/units/{u}/lessons/{i}"
                for m, name in enumerate(lesson.media):
                    yield f"{at}/media/{m}", name
                for p, prompt in enumerate(lesson.prompts):
                    if prompt.media is not None:
                        yield f"{at}/prompts/{p}/media", prompt.media

    def media_names(self) -> frozenset[str]:
        return frozenset(name for _, name in self.media_places())


def gaps(content: CourseContent) -> list[FieldError]:
    """What is empty that learners need: each with a pointer into the content."""
    faults = []
    if not content.units:
        faults.append(FieldError("/units", "The course has no units."))
    for u, unit in enumerate(content.units):
        if not unit.lessons:
            faults.append(FieldError(f"/units/{u}/lessons", "The unit has no lessons."))
        for i, lesson in enumerate(unit.lessons):
            if not lesson.prompts:
                pointer = f"/units/{u}/lessons/{i}/prompts"
                faults.append(FieldError(pointer, "The lesson has no prompts."))
    return faults


def media_object(course_id: str, name: str) -> str:
    """The object in the materials bucket that holds a course's media file."""
    return f"{media_folder(course_id)}{name}"


def media_folder(course_id: str) -> str:
    return f"courses/{course_id}/media/"


def package_folder(user_id: str) -> str:
    return f"packages/{user_id}/"


def package_object(user_id: str, upload_id: str) -> str:
    """The object in the materials bucket that holds an uploaded course package."""
    return f"{package_folder(user_id)}{upload_id}.zip"
