"""What users see and change of themselves."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from run_services.auth.limits import Limits
from run_services.auth.passwords import Passwords
from shared.domain.errors import Forbidden, PreconditionFailed, Unauthenticated
from shared.domain.user import User
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.users import Users


class Profiles:
    def __init__(
        self, database: Database, clock: Clock, passwords: Passwords, limits: Limits
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._limits = limits
        self._users = Users()

    def get(self, user_id: str) -> User:
        with self._database.reading() as connection:
            return self.own(connection, user_id)

    def update(self, user_id: str, changes: Mapping[str, Any], etag: str | None) -> User:
        """The user after `changes`. Raises `PreconditionFailed` unless `etag` is the present one.

        `etag` None changes whatever version there is.
        """
        with self._database.transaction() as connection:
            user = self.own(connection, user_id, lock=True)
            if etag is not None and etag != user.etag:
                raise PreconditionFailed("Your profile was changed meanwhile.")
            if not changes:
                return user
            return self._users.change(connection, user_id, changes, self._clock.now()) or user

    def own(self, connection: sa.Connection, user_id: str, *, lock: bool = False) -> User:
        """The caller's account; raises `Unauthenticated` when it is gone before its token."""
        user = self._users.get(connection, user_id, lock=lock)
        if user is None:
            raise Unauthenticated("This account is gone.")
        return user

    def require_password(
        self, user_id: str, password: str | None, *, none_is_fine: bool = False
    ) -> User:
        """The caller's account, once they gave its password.

        With `none_is_fine`, an account without one needs none. Raises `Forbidden` (code
        `password_wrong`) and, after too many failures, `RateLimited` (code `login_blocked`).
        """
        user = self.get(user_id)
        if user.password_hash is None and none_is_fine:
            return user
        secret = f"password:{user_id}"
        self._limits.attempt(secret)
        if not self._passwords.matches(user.password_hash, password or ""):
            raise Forbidden("The password is wrong.", code="password_wrong")
        self._limits.succeed(secret)
        return user

    def unchanged(self, connection: sa.Connection, user: User) -> None:
        """Lock the user; raises `Forbidden` when the password was changed since it was compared."""
        if self.own(connection, user.id, lock=True).password_hash != user.password_hash:
            raise Forbidden("The password is wrong.", code="password_wrong")
