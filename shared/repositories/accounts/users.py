"""Users. Every method works in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.domain.user import User, UserRole
from shared.repositories.accounts.tables import totp, users

_second_factor = (
    sa.exists()
    .where(totp.c.user_id == users.c.id, totp.c.confirmed_at.is_not(None))
    .label("second_factor")
)
_user = sa.select(users, _second_factor)


class Users:
    def add(self, connection: sa.Connection, user: User) -> bool:
        """Whether it was added; False when an account has that address (`email_key`) already."""
        row = asdict(user)
        del row["second_factor"]
        row["goals"] = list(user.goals)
        added = connection.execute(
            insert(users)
            .values(row)
            .on_conflict_do_nothing(index_elements=[users.c.email_key])
            .returning(users.c.id)
        )
        return added.first() is not None

    def get(self, connection: sa.Connection, id: str, *, lock: bool = False) -> User | None:
        """With `lock`, no other transaction changes the user before this one ends."""
        return _one(connection, users.c.id == id, lock=lock)

    def by_email(
        self, connection: sa.Connection, email_key: str, *, lock: bool = False
    ) -> User | None:
        return _one(connection, users.c.email_key == email_key, lock=lock)

    def change(
        self, connection: sa.Connection, id: str, changes: Mapping[str, Any], now: datetime
    ) -> User | None:
        """The user after `changes` (columns and values), a version further; None: no such user.

        Raises `sqlalchemy.exc.IntegrityError` when the new `email_key` is taken.
        """
        changed = connection.execute(
            sa.update(users)
            .where(users.c.id == id)
            .values({**changes, "updated_at": now, "version": users.c.version + 1})
        )
        return self.get(connection, id) if changed.rowcount else None

    def signed_in(self, connection: sa.Connection, id: str, now: datetime) -> None:
        """Note the sign-in; it is not a change of the user."""
        connection.execute(sa.update(users).where(users.c.id == id).values(last_login_at=now))

    def rehash(self, connection: sa.Connection, id: str, password_hash: str) -> None:
        """Keep the same password under other parameters; it is not a change of the user."""
        connection.execute(
            sa.update(users).where(users.c.id == id).values(password_hash=password_hash)
        )

    def page(
        self,
        connection: sa.Connection,
        *,
        email_key: str | None = None,
        role: UserRole | None = None,
        before: str | None = None,
        limit: int,
    ) -> list[User]:
        """Newest first; `before` continues behind that user id."""
        wanted = _user.order_by(users.c.id.desc()).limit(limit)
        if email_key is not None:
            wanted = wanted.where(users.c.email_key == email_key)
        if role is not None:
            wanted = wanted.where(users.c.role == role)
        if before is not None:
            wanted = wanted.where(users.c.id < before)
        return [_load(row) for row in connection.execute(wanted).mappings()]

    def delete(self, connection: sa.Connection, id: str) -> bool:
        """Whether there was such a user; sessions, links and all else of theirs go along."""
        deleted = connection.execute(sa.delete(users).where(users.c.id == id))
        return bool(deleted.rowcount)


def _one(
    connection: sa.Connection, condition: "sa.ColumnElement[bool]", *, lock: bool
) -> User | None:
    wanted = _user.where(condition)
    if lock:
        wanted = wanted.with_for_update(of=users)
    row = connection.execute(wanted).mappings().first()
    return _load(row) if row else None


def _load(row: sa.RowMapping) -> User:
    fields: dict[str, Any] = dict(row)
    return User(**{**fields, "goals": tuple(fields["goals"])})
