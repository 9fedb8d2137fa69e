"""The YAML files of a package put together as one course, and the way back to file and line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.domain.errors import FieldError
from shared.repositories.course_packages.archive import Files
from shared.repositories.course_packages.layout import (
    COURSE_FILE,
    FORMAT,
    lesson_file,
    lesson_of,
    unit_file,
    unit_of,
)
from shared.repositories.course_packages.yaml_nodes import YamlFile, read_yaml

MAX_YAML_BYTES = 4 * 1024 * 1024
# Of all files; a course the API takes has fewer.
MAX_VALUES = 150_000
_MAX_IDS = 50
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# How a text is missed where YAML read a number, a date, or nothing.
_WANTS_TEXT = ("valid string", "null")
_POINTER = re.compile(r"/units(/\w+)+$")
_KEY_RULE = "An id has 1 to 64 of a-z, 0-9 and -, and begins with no dash."


@dataclass
class _Lesson:
    id: str
    listed: str
    file: YamlFile


@dataclass
class _Unit:
    """`listed` is the pointer of its id in the file that lists it."""

    id: str
    listed: str
    file: YamlFile
    lessons: list[_Lesson] = field(default_factory=list)


@dataclass
class Outline:
    course: YamlFile
    units: list[_Unit] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The whole course as `parse_content` takes it."""
        return {
            **_own(self.course, {"format", "units"}),
            "units": [
                {
                    **_own(unit.file, {"id", "lessons"}),
                    "id": unit.id,
                    "lessons": [
                        {**_own(lesson.file, {"id"}), "id": lesson.id} for lesson in unit.lessons
                    ],
                }
                for unit in self.units
            ],
        }

    def placed(self, fault: FieldError) -> FieldError | None:
        """A fault of `document()` where its author made it; None if that was named already."""
        file, pointer = self._place(fault.pointer)
        if file.data is None or file.is_faulty(pointer):
            return None
        detail = _POINTER.sub(self._named, fault.detail)
        if any(words in detail for words in _WANTS_TEXT):
            detail = file.quoteless.get(pointer, detail)
        return FieldError(pointer, detail, file.name, file.line(pointer))

    def _named(self, pointer: re.Match[str]) -> str:
        """A place in the whole course, named as its author knows it."""
        file, inner = self._place(pointer[0])
        return f"{file.name}, line {file.line(inner)}"

    def faults(self) -> list[FieldError]:
        return [fault for file in self._files() for fault in file.faults]

    def files(self) -> set[str]:
        return {file.name for file in self._files()}

    def media(self) -> Iterator[tuple[str, str, str, int]]:
        """(name, file, pointer, line) of every place that refers to media."""
        for unit in self.units:
            for lesson in unit.lessons:
                for pointer, name in _media_places(lesson.file.data or {}):
                    yield name, lesson.file.name, pointer, lesson.file.line(pointer)

    def _files(self) -> Iterator[YamlFile]:
        yield self.course
        for unit in self.units:
            yield unit.file
            yield from (lesson.file for lesson in unit.lessons)

    def _place(self, pointer: str) -> tuple[YamlFile, str]:
        match pointer.split("/")[1:]:
            case ["units", u, "lessons", i, "id"]:
                unit = self.units[int(u)]
                return unit.file, unit.lessons[int(i)].listed
            case ["units", u, "lessons", i, *rest]:
                return self.units[int(u)].lessons[int(i)].file, "".join(f"/{part}" for part in rest)
            case ["units", u, "id"]:
                return self.course, self.units[int(u)].listed
            case ["units", u, *rest]:
                return self.units[int(u)].file, "".join(f"/{part}" for part in rest)
        return self.course, pointer


def read_outline(files: Files) -> Outline:
    """Every YAML file that the course is made of; what is wrong stands in their faults."""
    reader = _Reader(files)
    outline = Outline(reader.file(COURSE_FILE))
    if not outline.course.faults and (outline.course.data or {}).get("format") != FORMAT:
        outline.course.fault("/format", f"Write format: {FORMAT}, the format this is read as.")
    for unit_id, listed in reader.listed(
        outline.course, "units", [unit_of(file) for file in files]
    ):
        path = unit_file(unit_id)
        unit = _Unit(unit_id, listed, reader.file(path, outline.course, listed))
        present = [lesson_of(file, unit_id) for file in files]
        for lesson_id, where in reader.listed(unit.file, "lessons", present):
            path = lesson_file(unit_id, lesson_id)
            unit.lessons.append(_Lesson(lesson_id, where, reader.file(path, unit.file, where)))
        outline.units.append(unit)
    return outline


class _Reader:
    def __init__(self, files: Files) -> None:
        self._files = files
        self._bytes_left = MAX_YAML_BYTES
        self._values_left = MAX_VALUES

    def file(self, name: str, lister: YamlFile | None = None, listed: str = "") -> YamlFile:
        """The file, or one without data; that it is missing is a fault of who lists it."""
        if name not in self._files:
            absent = YamlFile(name)
            blamed = lister if lister is not None and lister.data is not None else absent
            pointer = listed if blamed is lister else ""
            where = " at the top of the package" if lister is None else ""
            blamed.fault(pointer, f"There is no file {name}{where}.")
            return absent
        content = self._files[name]
        if content is None:
            return YamlFile(name)
        self._bytes_left -= len(content)
        if self._bytes_left < 0:
            file = YamlFile(name)
            file.fault("", f"The YAML of the package is over {MAX_YAML_BYTES} bytes in all.")
            return file
        file = read_yaml(name, content, self._values_left)
        self._values_left -= file.values
        if lister is not None and "id" in (file.data or {}):
            file.fault("/id", "The id is in the path of the file; leave it out here.")
        return file

    def listed(
        self, file: YamlFile, name: str, present: list[str | None]
    ) -> Iterator[tuple[str, str]]:
        """The ids a file lists under `name`, each once, with their pointers.

        Where the list cannot be read, those whose files are there, so that these are checked, too.
        """
        ids = (file.data or {}).get(name)
        if not isinstance(ids, list):
            if file.data is not None and not file.is_faulty(f"/{name}"):
                file.fault(f"/{name}", f"Write {name}: with the ids in their order, as a list.")
            found = sorted({key for key in present if key and _KEY.fullmatch(key)})
            yield from ((key, f"/{name}") for key in found)
            return
        if len(ids) > _MAX_IDS:
            file.fault(f"/{name}", f"The list may have at most {_MAX_IDS} ids.")
        seen: set[str] = set()
        for index, key in enumerate(ids[:_MAX_IDS]):
            pointer = f"/{name}/{index}"
            if not isinstance(key, str):
                if not file.is_faulty(pointer):
                    file.fault(pointer, file.quoteless.get(pointer, _KEY_RULE))
            elif not _KEY.fullmatch(key):
                file.fault(pointer, _KEY_RULE)
            elif key in seen:
                file.fault(pointer, f"The id {key} stands in this list twice.")
            else:
                seen.add(key)
                yield key, pointer


def _own(file: YamlFile, structural: set[str]) -> dict[str, Any]:
    return {name: value for name, value in (file.data or {}).items() if name not in structural}


def _media_places(lesson: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(pointer, name) in a lesson that may be malformed."""
    names, prompts = lesson.get("media"), lesson.get("prompts")
    for index, name in enumerate(names if isinstance(names, list) else []):
        if isinstance(name, str):
            yield f"/media/{index}", name
    for index, prompt in enumerate(prompts if isinstance(prompts, list) else []):
        name = prompt.get("media") if isinstance(prompt, dict) else None
        if isinstance(name, str):
            yield f"/prompts/{index}/media", name
