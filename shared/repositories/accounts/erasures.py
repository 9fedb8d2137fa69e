"""Erasures of accounts. Every method works in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.domain.data_rights import Erasure
from shared.repositories.accounts.tables import erasures, users


class Erasures:
    def apply(self, connection: sa.Connection, erasure: Erasure) -> Erasure:
        """Delete the user with all that hangs on them, and note the erasure as unfinished.

        Answers the erasure as it stands: one noted before keeps its time.
        """
        connection.execute(sa.delete(users).where(users.c.id == erasure.user_id))
        noted = insert(erasures).values(user_id=erasure.user_id, requested_at=erasure.requested_at)
        again = noted.on_conflict_do_update(
            index_elements=[erasures.c.user_id], set_={"finished_at": None}
        )
        row = connection.execute(again.returning(erasures)).mappings().one()
        return _load(row)

    def get(self, connection: sa.Connection, user_id: str) -> Erasure | None:
        wanted = sa.select(erasures).where(erasures.c.user_id == user_id)
        row = connection.execute(wanted).mappings().first()
        return _load(row) if row else None

    def unfinished(
        self, connection: sa.Connection, *, requested_before: datetime, limit: int
    ) -> list[Erasure]:
        """The oldest first."""
        wanted = (
            sa.select(erasures)
            .where(erasures.c.finished_at.is_(None), erasures.c.requested_at <= requested_before)
            .order_by(erasures.c.requested_at)
            .limit(limit)
        )
        return [_load(row) for row in connection.execute(wanted).mappings()]

    def unapplied(self, connection: sa.Connection, user_ids: Sequence[str]) -> list[str]:
        """Which of these still have an account here, or no finished erasure."""
        here = sa.select(users.c.id).where(users.c.id.in_(user_ids))
        finished = sa.select(erasures.c.user_id).where(
            erasures.c.user_id.in_(user_ids), erasures.c.finished_at.is_not(None)
        )
        still_here = set(connection.execute(here).scalars())
        done = set(connection.execute(finished).scalars()) - still_here
        return [user_id for user_id in user_ids if user_id not in done]

    def finish(self, connection: sa.Connection, user_id: str, now: datetime) -> None:
        unfinished = sa.and_(erasures.c.user_id == user_id, erasures.c.finished_at.is_(None))
        connection.execute(sa.update(erasures).where(unfinished).values(finished_at=now))


def _load(row: sa.RowMapping) -> Erasure:
    fields: dict[str, Any] = dict(row)
    return Erasure(**fields)
