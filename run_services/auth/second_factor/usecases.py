"""A user's second factor: enrolled with proof, checked at sign-in, each code good for one use."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from run_services.auth.limits import Limits
from run_services.auth.recent import require_recent
from run_services.auth.second_factor.totp import (
    TotpKey,
    matching_step,
    new_recovery_codes,
    new_secret,
    otpauth_uri,
)
from shared.domain.errors import AppError, Conflict, Invalid, Unauthenticated
from shared.domain.identity import Principal
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.second_factor import SecondFactors
from shared.repositories.accounts.sessions import SessionStore
from shared.repositories.accounts.users import Users

_TOTP_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    secret: str
    otpauth_uri: str


class SecondFactor:
    def __init__(self, database: Database, clock: Clock, limits: Limits, key: TotpKey) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits
        self._key = key
        self._users = Users()
        self._factors = SecondFactors()
        self._sessions = SessionStore()
        self._audit = AuditLog(clock)

    def enrol(self, caller: Principal) -> Enrolment:
        """A new secret; it counts once a code of it is confirmed."""
        require_recent(caller, self._clock)
        secret = new_secret()
        with self._database.transaction() as connection:
            user = self._users.get(connection, caller.id, lock=True)
            if user is None:
                raise Unauthenticated("This account is gone.")
            if not self._factors.begin(connection, user.id, self._key.encrypt(user.id, secret)):
                raise _enabled()
        return Enrolment(secret, otpauth_uri(secret, user.email))

    def confirm(self, caller: Principal, code: str) -> list[str]:
        """Turn the second factor on; the answer are fresh recovery codes.

        The caller's session counts as opened with it from its next refresh on.
        """
        require_recent(caller, self._clock)
        with self._one_try(caller.id) as connection:
            stored = self._factors.find(connection, caller.id, lock=True)
            if stored is not None and stored.confirmed_at is not None:
                raise _enabled()
            self._use_totp(connection, caller.id, code, confirmed=False)
            self._factors.confirm(connection, caller.id, self._clock.now())
            if caller.session_id is not None:
                self._sessions.prove_second_factor(connection, caller.session_id, caller.id)
            self._record(connection, caller, "second_factor_enabled")
            return self._fresh_recovery_codes(connection, caller.id)

    def disable(self, caller: Principal, code: str) -> None:
        """Turn it off, with a TOTP or a recovery code; no session counts as opened with it."""
        with self._one_try(caller.id) as connection:
            self._require_enrolled(connection, caller.id)
            if _TOTP_CODE.fullmatch(code):
                self._use_totp(connection, caller.id, code)
            elif not self._use_recovery_code(connection, caller.id, code):
                raise _wrong_code()
            self._factors.remove(connection, caller.id)
            self._sessions.withdraw_second_factor(connection, caller.id)
            self._record(connection, caller, "second_factor_disabled")

    def new_recovery_codes(self, caller: Principal, code: str) -> list[str]:
        """Fresh recovery codes for a TOTP code; the old ones no longer work."""
        with self._one_try(caller.id) as connection:
            self._use_totp(connection, caller.id, code)
            self._record(connection, caller, "recovery_codes_replaced")
            return self._fresh_recovery_codes(connection, caller.id)

    def is_enrolled(self, connection: sa.Connection, user_id: str) -> bool:
        stored = self._factors.find(connection, user_id)
        return stored is not None and stored.confirmed_at is not None

    def verify(
        self,
        connection: sa.Connection,
        user_id: str,
        totp_code: str | None,
        recovery_code: str | None,
    ) -> bool:
        """Whether a code is right; it is used up with the caller's transaction.

        With both codes given, the TOTP code is looked at first. Tries are counted by the caller.
        """
        if totp_code is not None and self._is_good_totp(connection, user_id, totp_code):
            return True
        if recovery_code is None:
            return False
        used = self._use_recovery_code(connection, user_id, recovery_code)
        if used:
            self._audit.record(
                connection, "recovery_code_used", actor_id=user_id, subject_id=user_id
            )
        return used

    @contextmanager
    def _one_try(self, user_id: str) -> Iterator[sa.Connection]:
        """A transaction around one try at a code, counted as failed unless it ends otherwise."""
        secret_of = f"totp:{user_id}"
        self._limits.attempt(secret_of)
        try:
            with self._database.transaction() as connection:
                yield connection
        except Invalid:
            raise
        except AppError:
            self._limits.undo(secret_of)
            raise
        self._limits.succeed(secret_of)

    def _use_totp(
        self, connection: sa.Connection, user_id: str, code: str, *, confirmed: bool = True
    ) -> None:
        self._require_enrolled(connection, user_id, confirmed=confirmed)
        if not self._is_good_totp(connection, user_id, code):
            raise _wrong_code()

    def _is_good_totp(self, connection: sa.Connection, user_id: str, code: str) -> bool:
        stored = self._factors.find(connection, user_id)
        if stored is None:
            return False
        secret = self._key.decrypt(user_id, stored.secret)
        step = matching_step(secret, code, self._clock.now())
        return step is not None and self._factors.accept_step(connection, user_id, step)

    def _use_recovery_code(self, connection: sa.Connection, user_id: str, code: str) -> bool:
        hashed = self._key.recovery_hash(user_id, code)
        return self._factors.use_recovery_code(connection, user_id, hashed)

    def _require_enrolled(
        self, connection: sa.Connection, user_id: str, *, confirmed: bool = True
    ) -> None:
        stored = self._factors.find(connection, user_id)
        if stored is None or (confirmed and stored.confirmed_at is None):
            raise Conflict("No second factor is enrolled.", code="totp_not_enrolled")

    def _fresh_recovery_codes(self, connection: sa.Connection, user_id: str) -> list[str]:
        codes = new_recovery_codes()
        hashes = [self._key.recovery_hash(user_id, code) for code in codes]
        self._factors.replace_recovery_codes(connection, user_id, hashes)
        return codes

    def _record(self, connection: sa.Connection, caller: Principal, action: str) -> None:
        self._audit.record(connection, action, actor_id=caller.id, subject_id=caller.id)


def _enabled() -> Conflict:
    return Conflict("A second factor is in use; disable it first.", code="totp_enabled")


def _wrong_code() -> Invalid:
    return Invalid("The code is wrong or was used before.", code="totp_code_invalid")
