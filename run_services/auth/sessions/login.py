"""Sign-in by password. What it answers, and the work it does, is the same for unknown accounts."""

from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from run_services.auth.addresses import email_key
from run_services.auth.background import Background
from run_services.auth.limits import Limits
from run_services.auth.passwords import Passwords
from run_services.auth.sessions.opened import Opened, SignedIn
from run_services.auth.sessions.usecases import Sessions
from shared.domain.errors import AppError, Forbidden, Unauthenticated
from shared.domain.user import User
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.users import Users


class SecondFactorCheck(Protocol):
    """Of users whose `second_factor` is on."""

    def is_enrolled(self, connection: sa.Connection, user_id: str) -> bool:
        """Whether the user has confirmed a TOTP device."""

    def verify(
        self,
        connection: sa.Connection,
        user_id: str,
        totp_code: str | None,
        recovery_code: str | None,
    ) -> bool:
        """Whether a code is right; it is used up with the caller's transaction."""


@dataclass(frozen=True, slots=True)
class Credentials:
    email: str
    password: str
    client_id: str | None = None
    totp_code: str | None = None
    recovery_code: str | None = None


class Login:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        sessions: Sessions,
        passwords: Passwords,
        second_factor: SecondFactorCheck,
        limits: Limits,
        background: Background,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._passwords = passwords
        self._second_factor = second_factor
        self._limits = limits
        self._background = background
        self._users = Users()
        self._audit = AuditLog(clock)

    def login(self, given: Credentials, address: str) -> SignedIn:
        """A new session.

        Raises `RateLimited` (`login_blocked`), `Unauthenticated` (`credentials_invalid`,
        `second_factor_invalid`) and, only after the right password, `Forbidden`
        (`account_disabled`, `email_unverified`, `second_factor_needed`).
        """
        self._limits.admit("login", address)
        key = email_key(given.email)
        secret = f"login:{key}"
        self._limits.attempt(secret, address)
        with self._database.transaction() as connection:
            user = self._users.by_email(connection, key)
        stored = user.password_hash if user else None
        if not self._passwords.matches(stored, given.password) or not user or not stored:
            self._note_failure(user, "password")
            raise _invalid()
        outdated = self._passwords.is_outdated(stored)
        fresh_hash = self._passwords.hash(given.password) if outdated else None
        with self._database.transaction() as connection:
            outcome = self._enter(connection, user.id, stored, fresh_hash, given)
        if isinstance(outcome, Opened):
            self._limits.succeed(secret, address)
            return self._sessions.signed_in(outcome)
        if isinstance(outcome, Forbidden):
            self._limits.undo(secret, address)
        else:
            self._note_failure(user, "second_factor")
        raise outcome

    def _enter(
        self,
        connection: sa.Connection,
        user_id: str,
        stored: str,
        fresh_hash: str | None,
        given: Credentials,
    ) -> Opened | AppError:
        """Everything behind the right password, with the user locked."""
        user = self._users.get(connection, user_id, lock=True)
        if user is None or user.password_hash != stored:
            # Changed since it was compared: the sessions it could open have just been ended.
            return _invalid()
        if user.disabled_at:
            return Forbidden("This account has been disabled.", code="account_disabled")
        if not user.email_verified_at:
            return Forbidden(
                "Follow the link in the mail we sent you first.", code="email_unverified"
            )
        enrolled = self._second_factor.is_enrolled(connection, user.id)
        if enrolled:
            if given.totp_code is None and given.recovery_code is None:
                return Forbidden(
                    "Send the code of your authenticator app.", code="second_factor_needed"
                )
            if not self._second_factor.verify(
                connection, user.id, given.totp_code, given.recovery_code
            ):
                return Unauthenticated("This code is not valid.", code="second_factor_invalid")
        if fresh_hash is not None:
            self._users.rehash(connection, user.id, fresh_hash)
        return self._sessions.open(connection, user, given.client_id, second_factor=enrolled)

    def _note_failure(self, user: User | None, what: str) -> None:
        # In the background: for unknown accounts there is nothing to write.
        def note(user_id: str) -> None:
            with self._database.transaction() as connection:
                self._audit.record(
                    connection,
                    "login_failed",
                    actor_id=user_id,
                    subject_id=user_id,
                    details={"wrong": what},
                )

        if user is not None:
            user_id = user.id
            self._background.submit(lambda: note(user_id))


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "The e-mail address or the password is wrong.", code="credentials_invalid"
    )
