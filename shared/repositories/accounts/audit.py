"""The audit log: who did what to whose account, and when.

It is only ever added to; erased users lose their ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.ports.clock import Clock
from shared.repositories.accounts.tables import audit_log

Detail = str | int | bool
# Stands for whoever was erased.
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`actor_id` and `subject_id` are user ids, or the name of the deployable that acted."""

    id: str
    at: datetime
    action: str
    actor_id: str
    subject_id: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


class AuditLog:
    """Every method works in the caller's transaction, so an act and its entry stand together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def record(
        self,
        connection: sa.Connection,
        action: str,
        *,
        actor_id: str,
        subject_id: str | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        """Add an entry. `details` hold neither e-mail addresses nor anything secret."""
        row = {
            "id": self._clock.new_id(),
            "at": self._clock.now(),
            "action": action,
            "actor_id": actor_id,
            "subject_id": subject_id,
            "details": dict(details or {}),
        }
        connection.execute(sa.insert(audit_log).values(row))

    def forget(self, connection: sa.Connection, user_id: str) -> None:
        """Entries about the user stay, without their id."""
        for column in (audit_log.c.actor_id, audit_log.c.subject_id):
            theirs = sa.update(audit_log).where(column == user_id)
            connection.execute(theirs.values({column: ERASED}))

    def newest(
        self,
        connection: sa.Connection,
        *,
        user_id: str | None = None,
        before: str | None = None,
        limit: int,
    ) -> list[AuditEntry]:
        """Newest first: entries whose actor or subject is `user_id`, behind the entry `before`."""
        wanted = sa.select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
        if user_id is not None:
            about = sa.or_(audit_log.c.actor_id == user_id, audit_log.c.subject_id == user_id)
            wanted = wanted.where(about)
        if before is not None:
            wanted = wanted.where(audit_log.c.id < before)
        return [_entry(row) for row in connection.execute(wanted).mappings()]


def _entry(row: sa.RowMapping) -> AuditEntry:
    fields: dict[str, Any] = dict(row)
    return AuditEntry(**fields)
