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
from shared.repositories.recording_choices import RecordingChoices


class Profiles:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        limits: Limits,
        choices: RecordingChoices,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._limits = limits
        self._choices = choices
        self._users = Users()

    def get(self, user_id: str) -> User:
        with self._database.reading() as connection:
            return self.own(connection, user_id)

    def update(self, user_id: str, changes: Mapping[str, Any], etag: str | None) -> User:
        """The user after `changes`. Raises `PreconditionFailed` unless `etag` is the present one.

        `etag` None changes whatever version there is. A choice about recordings is told to those
        who keep them: a withdrawal before the profile says so, as no kill in between may leave
        them kept, and either choice after it, as the profile decides between two at once.
        """
        keep = changes.get("keep_recordings")
        if keep is False:
            _require(self.get(user_id), etag)
            self._choices.withdraw(user_id, self._clock.now())
        with self._database.transaction() as connection:
            user = self.own(connection, user_id, lock=True)
            _require(user, etag)
            if changes:
                now = self._clock.now()
                user = self._users.change(connection, user_id, changes, now) or user
        if keep is True:
            self._choices.allow(user_id, user.updated_at)
        elif keep is False:
            self._choices.withdraw(user_id, user.updated_at)
        return user

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


def _require(user: User, etag: str | None) -> None:
    if etag is not None and etag != user.etag:
        raise PreconditionFailed("Your profile was changed meanwhile.")
