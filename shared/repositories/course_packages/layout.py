"""Where everything stands in a course package, format 1 (docs/course-packages.md)."""

import re

FORMAT = 1
COURSE_FILE = "course.yaml"
_MEDIA = "media/"
_UNIT_FILE = re.compile(r"units/([^/]+)/unit\.yaml")
_LESSON_FILE = re.compile(r"units/([^/]+)/lessons/([^/]+)\.yaml")


def unit_file(unit_id: str) -> str:
    return f"units/{unit_id}/unit.yaml"


def lesson_file(unit_id: str, lesson_id: str) -> str:
    return f"units/{unit_id}/lessons/{lesson_id}.yaml"


def media_file(name: str) -> str:
    return f"{_MEDIA}{name}"


def unit_of(file: str) -> str | None:
    """The id of the unit that this file describes or whose lesson it holds; None for others."""
    found = _UNIT_FILE.fullmatch(file) or _LESSON_FILE.fullmatch(file)
    return found[1] if found else None


def lesson_of(file: str, unit_id: str) -> str | None:
    """The id of the lesson of that unit which this file holds; None for others."""
    found = _LESSON_FILE.fullmatch(file)
    return found[2] if found and found[1] == unit_id else None


def media_of(file: str) -> str | None:
    """The name of the media this file holds; None for others."""
    return file.removeprefix(_MEDIA) if file.startswith(_MEDIA) else None
