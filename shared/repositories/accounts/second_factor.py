"""Second factors as rows: one TOTP secret a user, and recovery codes as hashes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.repositories.accounts.tables import recovery_codes, totp


@dataclass(frozen=True, slots=True)
class StoredTotp:
    """`secret` is encrypted; without `confirmed_at` the enrolment is not finished."""

    secret: bytes
    confirmed_at: datetime | None = None


class SecondFactors:
    """Every method works in the caller's transaction."""

    def find(
        self, connection: sa.Connection, user_id: str, *, lock: bool = False
    ) -> StoredTotp | None:
        """The user's TOTP secret; with `lock`, nobody else changes it until the commit."""
        wanted = sa.select(totp.c.secret, totp.c.confirmed_at).where(totp.c.user_id == user_id)
        row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        return StoredTotp(row.secret, row.confirmed_at) if row else None

    def begin(self, connection: sa.Connection, user_id: str, secret: bytes) -> bool:
        """Store an unconfirmed secret in place of one unconfirmed; False if one is confirmed."""
        fresh = {"secret": secret, "last_step": None}
        begun = (
            insert(totp)
            .values(user_id=user_id, **fresh)
            .on_conflict_do_update(
                index_elements=[totp.c.user_id], set_=fresh, where=totp.c.confirmed_at.is_(None)
            )
            .returning(totp.c.user_id)
        )
        return connection.execute(begun).one_or_none() is not None

    def confirm(self, connection: sa.Connection, user_id: str, at: datetime) -> None:
        connection.execute(sa.update(totp).where(totp.c.user_id == user_id).values(confirmed_at=at))

    def accept_step(self, connection: sa.Connection, user_id: str, step: int) -> bool:
        """Use up a time step. False when it, or a later one, has been used (RFC 6238 §5.2)."""
        unused = sa.or_(totp.c.last_step.is_(None), totp.c.last_step < step)
        accepted = connection.execute(
            sa.update(totp).where(totp.c.user_id == user_id, unused).values(last_step=step)
        )
        return accepted.rowcount == 1

    def replace_recovery_codes(
        self, connection: sa.Connection, user_id: str, hashes: Collection[bytes]
    ) -> None:
        connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        rows = [{"user_id": user_id, "hash": hashed} for hashed in hashes]
        connection.execute(sa.insert(recovery_codes), rows)

    def use_recovery_code(self, connection: sa.Connection, user_id: str, hash: bytes) -> bool:
        """Use up a recovery code; False when there is no such one (any more)."""
        used = connection.execute(
            sa.delete(recovery_codes).where(
                recovery_codes.c.user_id == user_id, recovery_codes.c.hash == hash
            )
        )
        return used.rowcount == 1

    def remove(self, connection: sa.Connection, user_id: str) -> None:
        """Forget the secret and the recovery codes; removing what is absent is no error."""
        connection.execute(sa.delete(totp).where(totp.c.user_id == user_id))
        connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
