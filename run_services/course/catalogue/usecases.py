"""Finding and reading courses."""

import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from run_services.course import access, cursors
from run_services.course.views import CourseView, Page, version_document, version_view
from shared.domain.errors import NotFound
from shared.domain.identity import Principal
from shared.domain.times import timestamp
from shared.ports.database import Database
from shared.repositories.courses import catalogue, records
from shared.repositories.courses.catalogue import Listed
from shared.repositories.courses.records import PlacedPrompt


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of courses is narrowed to."""

    search: str | None = None
    language: str | None = None
    level: str | None = None
    mine: bool = False


class Catalogue:
    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, user: Principal, filters: Filters, cursor: str | None, limit: int) -> Page:
        """Published courses, or the user's own: the best fit first, else the newest."""
        after = _position(cursor, ranked=filters.search is not None) if cursor else None
        with self._database.reading() as connection:
            found = catalogue.page(
                connection,
                owner_id=user.id if filters.mine else None,
                search=filters.search,
                language=filters.language,
                level=filters.level,
                after=after,
                limit=limit + 1,
            )
        items = [
            listed.summary | {"updated_at": timestamp(listed.updated_at)}
            for listed in found[:limit]
        ]
        more = len(found) > limit
        ranked = filters.search is not None
        return Page(items, _cursor(found[limit - 1], ranked=ranked) if more else None)

    def get(self, course_id: str) -> CourseView:
        """The published version."""
        with self._database.reading() as connection:
            course, found = records.with_version(connection, course_id)
        access.require_published(course)
        if found is None:
            raise records.course_not_found()
        return version_view(course, *found)

    def version(self, course_id: str, version: int) -> CourseView:
        """A version, also of an archived course: attempts keep pointing at it."""
        with self._database.reading() as connection:
            course, found = records.with_version(connection, course_id, version)
        access.require_ever_published(course)
        if found is None:
            raise NotFound("The course has no such version.", code="version_not_found")
        return version_view(course, *found)

    def versions(self, user: Principal, course_id: str, cursor: str | None, limit: int) -> Page:
        """Newest first."""
        before = _as_version(cursor) if cursor else None
        with self._database.transaction() as connection:
            course = records.get(connection, course_id)
            access.require_owner(user, course)
            found = records.versions_of(connection, course.id, before=before, limit=limit + 1)
        page = found[:limit]
        more = len(found) > limit
        return Page(
            [version_document(version) for version in page],
            cursors.encode(page[-1].version) if more else None,
        )

    def prompt(self, course_id: str, prompt_id: str, version: int | None) -> PlacedPrompt:
        """A prompt of the published version or, if one is named, of any version ever."""
        with self._database.reading() as connection:
            course, found = records.with_prompt(connection, course_id, prompt_id, version)
        if version is None:
            access.require_published(course)
        access.require_ever_published(course)
        if found is None:
            raise NotFound("The course has no such prompt.", code="prompt_not_found")
        return found


def _cursor(last: Listed, *, ranked: bool) -> str:
    course_id: Any = last.summary["id"]
    return cursors.encode(float(last.rank), course_id) if ranked else cursors.encode(course_id)


def _position(cursor: str, *, ranked: bool) -> tuple[float, str]:
    kinds = (float, str) if ranked else (str,)
    *rank, course_id = cursors.decode(cursor, *kinds)
    try:
        position = (float(rank[0]) if rank else 0.0, str(UUID(str(course_id))))
    except ValueError:
        raise cursors.invalid() from None
    if not math.isfinite(position[0]):
        raise cursors.invalid()
    return position


def _as_version(cursor: str) -> int:
    (version,) = cursors.decode(cursor, int)
    if not 0 < int(version) <= records.MAX_VERSION:
        raise cursors.invalid()
    return int(version)
