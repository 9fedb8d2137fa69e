"""Courses, their drafts and versions. Every function works in the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from shared.domain.course import CourseContent, CourseStatus
from shared.domain.errors import NotFound
from shared.repositories.courses.content import content_document, prompt_document
from shared.repositories.courses.tables import (
    courses,
    version_media,
    version_prompts,
    versions,
)

# PostgreSQL's integer.
MAX_VERSION = 2**31 - 1
_FIELDS = [column for column in courses.c if column.name != "draft"]


def _with(table: sa.Table, *wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """A course and, of its version `number` or the one learners see, the `wanted` row or nulls."""
    number = sa.func.coalesce(sa.bindparam("number", type_=sa.Integer), courses.c.version)
    one = sa.and_(table.c.course_id == courses.c.id, table.c.version == number, *wanted)
    both = sa.select(*_FIELDS, table).select_from(courses.outerjoin(table, one))
    return both.where(courses.c.id == sa.bindparam("course", type_=sa.Text))


# Built once: what learners read most.
_WITH_VERSION = _with(versions)
_WITH_PROMPT = _with(version_prompts, version_prompts.c.prompt_id == sa.bindparam("prompt"))


@dataclass(frozen=True, slots=True)
class Course:
    """All but the content. `version` is the one learners see, None before the first."""

    id: str
    owner_id: str
    status: CourseStatus
    draft_version: int
    version: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """A published version, without its content."""

    course_id: str
    version: int
    published_at: datetime
    published_by: str
    note: str | None = None
    restored_from: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedPrompt:
    """A prompt as JSON, in the lesson and the version it stands in."""

    course_id: str
    version: int
    lesson_id: str
    prompt: dict[str, Any]


def get(connection: sa.Connection, course_id: str, *, lock: bool = False) -> Course:
    """With `lock`, nobody else changes the course before this transaction ends.

    Raises `NotFound` (`course_not_found`).
    """
    wanted = sa.select(*_FIELDS).where(courses.c.id == _as_id(course_id))
    if lock:
        wanted = wanted.with_for_update()
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise course_not_found()
    return _course(row)


def with_draft(connection: sa.Connection, course_id: str) -> tuple[Course, dict[str, Any]]:
    """The course and its draft's content as JSON, in one SELECT; raises as `get` does."""
    wanted = sa.select(courses).where(courses.c.id == _as_id(course_id))
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise course_not_found()
    return _course(row), row[courses.c.draft]


def with_version(
    connection: sa.Connection, course_id: str, version: int | None = None
) -> tuple[Course, tuple[Version, dict[str, Any]] | None]:
    """The course, and of that version, or the one learners see, the content as JSON.

    In one SELECT; raises as `get` does.
    """
    row = _found(connection, _WITH_VERSION, course_id, number=version)
    if row[versions.c.version] is None:
        return _course(row), None
    fields = _fields(row, versions.c)
    content: dict[str, Any] = fields.pop("content")
    return _course(row), (Version(**fields), content)


def with_prompt(
    connection: sa.Connection, course_id: str, prompt_id: str, version: int | None = None
) -> tuple[Course, PlacedPrompt | None]:
    """The course, and its prompt in that version or in the one learners see.

    In one SELECT; raises as `get` does.
    """
    p = version_prompts.c
    row = _found(connection, _WITH_PROMPT, course_id, number=version, prompt=prompt_id)
    if row[p.version] is None:
        return _course(row), None
    placed = _fields(row, (p.course_id, p.version, p.lesson_id, p.prompt))
    return _course(row), PlacedPrompt(**placed)


def draft(connection: sa.Connection, course_id: str) -> dict[str, Any]:
    """The draft's content as JSON."""
    wanted = sa.select(courses.c.draft).where(courses.c.id == course_id)
    content: dict[str, Any] = connection.execute(wanted).scalar_one()
    return content


def add(connection: sa.Connection, course: Course, content: CourseContent) -> None:
    values = {name: getattr(course, name) for name in Course.__slots__}
    connection.execute(sa.insert(courses).values(**values, draft=content_document(content)))


def change(connection: sa.Connection, course: Course, content: CourseContent | None = None) -> None:
    """Write the course and, if given, a new draft."""
    values = {name: getattr(course, name) for name in Course.__slots__ if name != "id"}
    if content is not None:
        values["draft"] = content_document(content)
    connection.execute(sa.update(courses).where(courses.c.id == course.id).values(**values))


def remove(connection: sa.Connection, course_id: str) -> None:
    """The course with all that hangs on it."""
    connection.execute(sa.delete(courses).where(courses.c.id == course_id))


def add_version(connection: sa.Connection, version: Version, content: CourseContent) -> None:
    values = {name: getattr(version, name) for name in Version.__slots__}
    connection.execute(sa.insert(versions).values(**values, content=content_document(content)))
    key = {"course_id": version.course_id, "version": version.version}
    prompts = [
        {
            **key,
            "prompt_id": prompt.id,
            "lesson_id": lesson.id,
            "position": position,
            "prompt": prompt_document(prompt),
        }
        for position, (lesson, prompt) in enumerate(content.placed_prompts())
    ]
    _insert_all(connection, version_prompts, prompts)
    names = [{**key, "name": name} for name in sorted(content.media_names())]
    _insert_all(connection, version_media, names)


def _insert_all(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """In one statement with one value, for a course may have ten thousand prompts."""
    fields = [sa.column(column.name, column.type) for column in table.c]
    given = sa.func.jsonb_to_recordset(sa.literal(rows, JSONB)).table_valued(*fields)
    source = sa.select(*given.render_derived(with_types=True).c)
    connection.execute(sa.insert(table).from_select(table.c.keys(), source))


def version_content(
    connection: sa.Connection, course_id: str, version: int
) -> tuple[Version, dict[str, Any]] | None:
    """The version and its content as JSON."""
    if not 0 < version <= MAX_VERSION:
        return None
    wanted = sa.select(versions).where(
        versions.c.course_id == course_id, versions.c.version == version
    )
    row = connection.execute(wanted).mappings().first()
    if row is None:
        return None
    fields = dict(row)
    content: dict[str, Any] = fields.pop("content")
    return Version(**fields), content


def versions_of(
    connection: sa.Connection, course_id: str, *, before: int | None, limit: int
) -> list[Version]:
    """Newest first; `before` continues behind that version."""
    fields = [column for column in versions.c if column.name != "content"]
    wanted = sa.select(*fields).where(versions.c.course_id == course_id)
    if before is not None:
        wanted = wanted.where(versions.c.version < before)
    rows = connection.execute(wanted.order_by(versions.c.version.desc()).limit(limit))
    return [Version(**row) for row in rows.mappings()]


def prompt(
    connection: sa.Connection, course_id: str, version: int, prompt_id: str
) -> PlacedPrompt | None:
    p = version_prompts.c
    wanted = sa.select(p.course_id, p.version, p.lesson_id, p.prompt).where(
        p.course_id == course_id, p.version == version, p.prompt_id == prompt_id
    )
    row = connection.execute(wanted).mappings().first()
    return PlacedPrompt(**row) if row else None


def course_not_found() -> NotFound:
    return NotFound("There is no such course.", code="course_not_found")


def _found(
    connection: sa.Connection, statement: sa.Select[Any], course_id: str, **named: object
) -> sa.RowMapping:
    row = connection.execute(statement, {"course": _as_id(course_id), **named}).mappings().first()
    if row is None:
        raise course_not_found()
    return row


def _course(row: sa.RowMapping) -> Course:
    return Course(**_fields(row, _FIELDS))


def _fields(row: sa.RowMapping, columns: Iterable[sa.Column[Any]]) -> dict[str, Any]:
    return {column.name: row[column] for column in columns}


def _as_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise course_not_found() from None
