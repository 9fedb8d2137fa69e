"""Which user an identity at an outside provider stands for."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.repositories.accounts.tables import identities


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider (`issuer`) calls the user, and since when that is known."""

    issuer: str
    subject: str
    linked_at: datetime


class Identities:
    """Every method works in the caller's transaction."""

    def user_of(self, connection: sa.Connection, issuer: str, subject: str) -> str | None:
        """The id of the user the identity is linked to."""
        linked = sa.select(identities.c.user_id).where(
            identities.c.issuer == issuer, identities.c.subject == subject
        )
        return connection.execute(linked).scalar_one_or_none()

    def link(
        self, connection: sa.Connection, issuer: str, subject: str, user_id: str, at: datetime
    ) -> bool:
        """Link the identity for good; False when it is linked already.

        Waits for another transaction that is just linking the same identity.
        """
        row = {"issuer": issuer, "subject": subject, "user_id": user_id, "linked_at": at}
        linked = connection.execute(insert(identities).values(row).on_conflict_do_nothing())
        return linked.rowcount == 1

    def of_user(self, connection: sa.Connection, user_id: str) -> list[Identity]:
        wanted = sa.select(identities.c.issuer, identities.c.subject, identities.c.linked_at).where(
            identities.c.user_id == user_id
        )
        return [Identity(*row) for row in connection.execute(wanted)]

    def unlink_all(self, connection: sa.Connection, user_id: str) -> None:
        connection.execute(sa.delete(identities).where(identities.c.user_id == user_id))
