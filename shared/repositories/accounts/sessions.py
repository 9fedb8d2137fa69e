"""Sessions and their refresh tokens. Every method works in the caller's transaction."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.domain.user import RefreshToken, Session
from shared.repositories.accounts.tables import refresh_tokens, sessions


class SessionStore:
    def add(self, connection: sa.Connection, session: Session) -> None:
        connection.execute(sa.insert(sessions).values(asdict(session)))

    def get(self, connection: sa.Connection, id: str) -> Session | None:
        row = connection.execute(sa.select(sessions).where(sessions.c.id == id)).mappings().first()
        return _session(row) if row else None

    def of_user(self, connection: sa.Connection, user_id: str) -> list[Session]:
        """Oldest first, the revoked ones too."""
        wanted = sa.select(sessions).where(sessions.c.user_id == user_id).order_by(sessions.c.id)
        return [_session(row) for row in connection.execute(wanted).mappings()]

    def prove_second_factor(self, connection: sa.Connection, id: str, user_id: str) -> None:
        """From the next refresh on, the tokens of this session say the factor was given."""
        mine = sa.and_(sessions.c.id == id, sessions.c.user_id == user_id)
        connection.execute(sa.update(sessions).where(mine).values(second_factor=True))

    def withdraw_second_factor(self, connection: sa.Connection, user_id: str) -> None:
        """From the next refresh on, no token of this user says the factor was given."""
        mine = sessions.c.user_id == user_id
        connection.execute(sa.update(sessions).where(mine).values(second_factor=False))

    def revoke(self, connection: sa.Connection, id: str, reason: str, now: datetime) -> bool:
        """Whether the session was still open."""
        return self._revoke(connection, sessions.c.id == id, reason, now) == 1

    def revoke_all(
        self,
        connection: sa.Connection,
        user_id: str,
        reason: str,
        now: datetime,
        *,
        but: str | None = None,
    ) -> int:
        """End the user's sessions, all `but` one; how many were still open."""
        mine = sessions.c.user_id == user_id
        if but is not None:
            mine = sa.and_(mine, sessions.c.id != but)
        return self._revoke(connection, mine, reason, now)

    def purge(self, connection: sa.Connection, user_id: str, before: datetime) -> None:
        """Forget the user's sessions begun before that time."""
        old = sa.and_(sessions.c.user_id == user_id, sessions.c.created_at < before)
        connection.execute(sa.delete(sessions).where(old))

    def add_token(self, connection: sa.Connection, token: RefreshToken) -> None:
        """A token that is there already stays as it is."""
        connection.execute(insert(refresh_tokens).values(asdict(token)).on_conflict_do_nothing())

    def token(
        self, connection: sa.Connection, hash: bytes, *, lock: bool = False
    ) -> RefreshToken | None:
        """With `lock`, no other transaction uses the token before this one ends."""
        wanted = sa.select(refresh_tokens).where(refresh_tokens.c.hash == hash)
        if lock:
            wanted = wanted.with_for_update()
        row = connection.execute(wanted).mappings().first()
        if row is None:
            return None
        fields: dict[str, Any] = dict(row)
        return RefreshToken(**fields)

    def owner(self, connection: sa.Connection, hash: bytes) -> str | None:
        """The user whose session the token belongs to."""
        owners = sa.select(sessions.c.user_id).join(refresh_tokens)
        owner: str | None = connection.scalar(owners.where(refresh_tokens.c.hash == hash))
        return owner

    def use(self, connection: sa.Connection, token: RefreshToken, now: datetime) -> None:
        """Mark the token as used, and forget the lapsed ones of its session."""
        connection.execute(
            sa.update(refresh_tokens).where(refresh_tokens.c.hash == token.hash).values(used_at=now)
        )
        lapsed = sa.and_(
            refresh_tokens.c.session_id == token.session_id, refresh_tokens.c.expires_at <= now
        )
        connection.execute(sa.delete(refresh_tokens).where(lapsed))

    def _revoke(
        self,
        connection: sa.Connection,
        which: "sa.ColumnElement[bool]",
        reason: str,
        now: datetime,
    ) -> int:
        revoked = connection.execute(
            sa.update(sessions)
            .where(which, sessions.c.revoked_at.is_(None))
            .values(revoked_at=now, revoked_because=reason)
        )
        return revoked.rowcount


def _session(row: sa.RowMapping) -> Session:
    fields: dict[str, Any] = dict(row)
    return Session(**fields)
