"""A course package, read and checked as a whole: every fault is named, not only the first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.course import MAX_MEDIA_BYTES, CourseContent
from shared.domain.errors import FieldError, Invalid, Unprocessable
from shared.domain.media_types import MediaType, media_type
from shared.repositories.course_packages.archive import Files, unpack
from shared.repositories.course_packages.layout import media_file, media_of
from shared.repositories.course_packages.outline import Outline, read_outline
from shared.repositories.courses.content import parse_content

MAX_ERRORS = 200
_MAX_SHOWN = 500
_MEDIA_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Media:
    content_type: MediaType
    data: bytes


@dataclass(frozen=True, slots=True)
class CoursePackage:
    """`media` by name: exactly what the content refers to."""

    content: CourseContent
    media: Mapping[str, Media]


def read_package(data: bytes) -> CoursePackage:
    """The course in a zip. Raises `Unprocessable` as `read_files` does."""
    return read_files(*unpack(data))


def read_files(files: Files, faults: Sequence[FieldError] = ()) -> CoursePackage:
    """The course in these files by path; None stands for a file that could not be read.

    Raises `Unprocessable`, code `package_invalid`, with `faults` and all further ones, each with
    its file and, where there is one, line; at most `MAX_ERRORS`, ordered by file and line.
    """
    found = list(faults)
    if not files and found:
        raise invalid(found)
    outline = read_outline(files)
    found += outline.faults()
    content = _content(outline, found)
    media = _media(files, found)
    found += _unused(files, outline)
    found += _unknown_media(files, outline)
    if found or content is None:
        raise invalid(found)
    return CoursePackage(content, media)


def invalid(faults: Sequence[FieldError]) -> Unprocessable:
    """The refusal of a package for these faults."""
    ordered = sorted(faults, key=lambda fault: (fault.file or "", fault.line or 0, fault.pointer))
    return Unprocessable(
        f"The course package has {len(ordered)} error{'s' * (len(ordered) > 1)}.",
        code="package_invalid",
        errors=[_fit_to_show(fault) for fault in ordered[:MAX_ERRORS]],
    )


def _fit_to_show(fault: FieldError) -> FieldError:
    """Names in a package may be long and hold anything, NUL included."""
    pointer, detail, file = (
        "".join(char if char.isprintable() else "\ufffd" for char in part[:_MAX_SHOWN])
        for part in (fault.pointer, fault.detail, fault.file or "")
    )
    return FieldError(pointer, detail, file or None, fault.line)


def _content(outline: Outline, found: list[FieldError]) -> CourseContent | None:
    try:
        return parse_content(outline.document())
    except Invalid as error:
        found += [placed for fault in error.errors if (placed := outline.placed(fault))]
        return None


def _media(files: Files, found: list[FieldError]) -> dict[str, Media]:
    media: dict[str, Media] = {}
    for path, data in files.items():
        name = media_of(path)
        if name is None or data is None:
            continue
        kind = media_type(data)
        if len(data) > MAX_MEDIA_BYTES:
            found.append(FieldError("", f"The file is over {MAX_MEDIA_BYTES} bytes.", path))
        elif kind is None:
            detail = "The content is none of PNG, JPEG, WebP, MP3, WAV, Ogg, WebM, M4A and PDF."
            found.append(FieldError("", detail, path))
        else:
            media[name] = Media(kind, data)
    return media


def _unused(files: Files, outline: Outline) -> list[FieldError]:
    used = outline.files() | {media_file(name) for name, *_ in outline.media()}
    detail = "Nothing in the package refers to this file."
    return [FieldError("", detail, path) for path in files if path not in used]


def _unknown_media(files: Files, outline: Outline) -> list[FieldError]:
    return [
        FieldError(pointer, f"There is no file {media_file(name)} in the package.", file, line)
        for name, file, pointer, line in outline.media()
        if _MEDIA_NAME.fullmatch(name) and media_file(name) not in files
    ]
