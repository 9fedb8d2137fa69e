"""A course as the files of its package, in their one canonical form."""

from collections.abc import Mapping
from typing import Any

from shared.domain.course import CourseContent
from shared.repositories.course_packages.archive import pack
from shared.repositories.course_packages.layout import (
    COURSE_FILE,
    FORMAT,
    lesson_file,
    media_file,
    unit_file,
)
from shared.repositories.course_packages.yaml_text import dump
from shared.repositories.courses.content import content_document


def package_files(content: CourseContent, media: Mapping[str, bytes]) -> dict[str, bytes]:
    """The package's files by path; `media` by name, what the content refers to."""
    course = content_document(content)
    files = {media_file(name): data for name, data in media.items()}
    units: list[dict[str, Any]] = course.pop("units")
    head = {"format": FORMAT, **course, "units": [unit["id"] for unit in units]}
    files[COURSE_FILE] = dump(head)
    for unit in units:
        unit_id = unit.pop("id")
        lessons: list[dict[str, Any]] = unit.pop("lessons")
        order = [lesson["id"] for lesson in lessons]
        files[unit_file(unit_id)] = dump({**unit, "lessons": order})
        for lesson in lessons:
            path = lesson_file(unit_id, lesson.pop("id"))
            files[path] = dump(lesson)
    return files


def write_package(content: CourseContent, media: Mapping[str, bytes]) -> bytes:
    """The package as the zip that is sent: the same bytes for the same course, everywhere."""
    return pack(package_files(content, media))
