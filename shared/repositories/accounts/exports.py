"""Exports of accounts. Every method works in the caller's transaction."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.domain.data_rights import Export, ExportStatus
from shared.repositories.accounts.tables import exports


class Exports:
    def add(self, connection: sa.Connection, export: Export) -> None:
        connection.execute(sa.insert(exports).values(asdict(export)))

    def get(self, connection: sa.Connection, user_id: str, id: str) -> Export | None:
        """None as well when it is another user's."""
        wanted = sa.select(exports).where(exports.c.id == id, exports.c.user_id == user_id)
        row = connection.execute(wanted).mappings().first()
        return _load(row) if row else None

    def of_user(self, connection: sa.Connection, user_id: str) -> list[Export]:
        """Oldest first."""
        wanted = sa.select(exports).where(exports.c.user_id == user_id).order_by(exports.c.id)
        return [_load(row) for row in connection.execute(wanted).mappings()]

    def pending(
        self, connection: sa.Connection, *, since: datetime, until: datetime, limit: int
    ) -> list[Export]:
        """Those asked for in that time that have not ended, oldest first."""
        asked = exports.c.requested_at.between(since, until)
        wanted = sa.select(exports).where(exports.c.status == "pending", asked)
        rows = connection.execute(wanted.order_by(exports.c.id).limit(limit))
        return [_load(row) for row in rows.mappings()]

    def finish(
        self,
        connection: sa.Connection,
        export: Export,
        status: ExportStatus,
        size: int | None,
        now: datetime,
    ) -> None:
        """Note how it ended; an export that is ready stays so."""
        unfinished = sa.and_(exports.c.id == export.id, exports.c.status != "ready")
        changes = {"status": status, "bytes": size, "finished_at": now}
        connection.execute(sa.update(exports).where(unfinished).values(changes))


def _load(row: sa.RowMapping) -> Export:
    fields: dict[str, Any] = dict(row)
    return Export(**fields)
