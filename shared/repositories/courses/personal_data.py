"""What the course service holds about one user.

Every function works in the caller's transaction.
"""

from typing import Any

import sqlalchemy as sa

from shared.domain.course import ERASED_OWNER
from shared.domain.times import timestamp
from shared.repositories.courses.tables import (
    courses,
    enrolments,
    lesson_completions,
    media,
    package_uploads,
    prompt_completions,
    summaries,
    version_media,
    versions,
)

_BY_USER = (enrolments, prompt_completions, lesson_completions, package_uploads)


def collect(connection: sa.Connection, user_id: str) -> dict[str, Any]:
    """Everything held about the user, as JSON; of their own courses the titles."""
    c, s = courses.c, summaries.c
    owned = (
        sa.select(c.id, s.title, c.status, c.created_at, c.published_at)
        .join(summaries, sa.and_(s.course_id == c.id, s.edition == "draft"))
        .where(c.owner_id == user_id)
        .order_by(c.id)
    )
    data = {"courses": _rows(connection, owned)}
    for table in _BY_USER:
        columns = [column for column in table.c if column.name != "user_id"]
        mine = sa.select(*columns).where(table.c.user_id == user_id).order_by(*table.primary_key)
        data[table.name] = _rows(connection, mine)
    return data


def published_media_of(connection: sa.Connection, user_id: str) -> dict[str, frozenset[str]]:
    """Of each of the user's courses the names of the media that versions refer to.

    Nobody else changes those courses before this transaction ends.
    """
    c, m = courses.c, version_media.c
    wanted = sa.select(c.id).where(c.owner_id == user_id).order_by(c.id).with_for_update()
    owned = connection.execute(wanted).scalars().all()
    found = sa.select(m.course_id, m.name).join(courses, c.id == m.course_id)
    rows = connection.execute(found.where(c.owner_id == user_id)).all()
    return {
        course_id: frozenset(row.name for row in rows if row.course_id == course_id)
        for course_id in owned
    }


def erase(connection: sa.Connection, user_id: str) -> None:
    """Remove the user. What they published stays, as nobody's; what they only drafted goes."""
    c, v, s, m, used = courses.c, versions.c, summaries.c, media.c, version_media.c
    mine = c.owner_id == user_id
    connection.execute(sa.delete(courses).where(mine, c.version.is_(None)))
    of_mine = sa.select(c.id).where(mine)
    drafts = sa.and_(s.edition == "draft", s.course_id.in_(of_mine))
    connection.execute(sa.delete(summaries).where(drafts))
    published = sa.exists().where(used.course_id == m.course_id, used.name == m.name)
    connection.execute(sa.delete(media).where(m.course_id.in_(of_mine), ~published))
    shown = (
        sa.select(v.content).where(v.course_id == c.id, v.version == c.version).scalar_subquery()
    )
    connection.execute(
        sa.update(courses)
        .where(mine)
        .values(owner_id=ERASED_OWNER, draft=shown, draft_version=c.draft_version + 1)
    )
    connection.execute(
        sa.update(versions)
        .where(v.published_by == user_id)
        .values(published_by=ERASED_OWNER, note=None)
    )
    for table in _BY_USER:
        connection.execute(sa.delete(table).where(table.c.user_id == user_id))


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    found = connection.execute(query).mappings()
    return [
        {
            name: timestamp(value) if hasattr(value, "isoformat") else value
            for name, value in row.items()
            if value is not None
        }
        for row in found
    ]
