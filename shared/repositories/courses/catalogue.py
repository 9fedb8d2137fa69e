"""What lists of courses show and search. Every function works in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.domain.course import CourseContent
from shared.repositories.courses import text_search
from shared.repositories.courses.tables import courses, summaries

Edition = Literal["draft", "published"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One course of a list; `rank` says how well it fits the search, 0 without one."""

    summary: dict[str, Any]
    updated_at: datetime
    rank: float


def write_summary(
    connection: sa.Connection,
    course_id: str,
    edition: Edition,
    content: CourseContent,
    now: datetime,
) -> None:
    lessons = list(content.lessons())
    values = {
        "title": content.title,
        "language": content.language,
        "level": content.level,
        "summary": content.summary,
        "tags": list(content.tags),
        "units": len(content.units),
        "lessons": len(lessons),
        "prompts": sum(len(lesson.prompts) for lesson in lessons),
        "updated_at": now,
        "configuration": text_search.configuration(content.language),
        "search": text_search.vector(content),
    }
    row = insert(summaries).values(course_id=course_id, edition=edition, **values)
    connection.execute(
        row.on_conflict_do_update(index_elements=["course_id", "edition"], set_=values)
    )


def page(
    connection: sa.Connection,
    *,
    owner_id: str | None,
    search: str | None,
    language: str | None,
    level: str | None,
    after: tuple[float, str] | None,
    limit: int,
) -> list[Listed]:
    """The published courses, or the drafts of `owner_id`'s: best first, else newest first.

    `language` also finds its regional forms. `after` is the (rank, id) of the last one seen.
    """
    s, c = summaries.c, courses.c
    source: sa.FromClause = summaries.join(courses, c.id == s.course_id)
    if owner_id is None:
        wanted = [s.edition == "published", c.status == "published"]
    else:
        wanted = [s.edition == "draft", c.owner_id == owner_id]
    rank: sa.ColumnElement[float] = sa.literal(0.0, sa.Double)
    order: list[sa.ColumnElement[Any]] = [c.id]
    if search is not None:
        found = text_search.search(search, s.search, s.configuration)
        source = source.join(found.source, found.condition)
        rank = found.rank
        order = [rank, c.id]
    if language is not None:
        tag = sa.func.lower(s.language)
        wanted.append(sa.or_(tag == language.lower(), tag.startswith(f"{language.lower()}-")))
    if level is not None:
        wanted.append(s.level == level)
    if after is not None:
        seen = [sa.literal(after[0], sa.Double), sa.literal(after[1], sa.Text)]
        wanted.append(sa.tuple_(*order) < sa.tuple_(*seen[-len(order) :]))
    fields = [s.title, s.language, s.level, s.summary, s.tags, s.units, s.lessons, s.prompts]
    query = (
        sa.select(c.id, c.owner_id, c.status, c.version, *fields, s.updated_at, rank.label("rank"))
        .select_from(source)
        .where(*wanted)
        .order_by(*(key.desc() for key in order))
        .limit(limit)
    )
    return [_listed(dict(row)) for row in connection.execute(query).mappings()]


def _listed(row: dict[str, Any]) -> Listed:
    updated_at, rank = row.pop("updated_at"), row.pop("rank")
    summary = {name: value for name, value in row.items() if value is not None}
    return Listed(summary, updated_at, rank)
