"""How often callers may try what needs no token, and what needs a password or a code."""

from dataclasses import dataclass
from datetime import timedelta

from shared.domain.errors import RateLimited
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.throttles import BackOff, Throttles, throttle_key

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests per address and minute, mails per e-mail address and hour, failures in a row."""

    requests_per_minute: int
    mails_per_hour: int
    login_failures: int
    address_failures: int


class Limits:
    """Each method is a transaction of its own: what was tried stays counted, however it ends."""

    def __init__(self, database: Database, clock: Clock, allowance: Allowance) -> None:
        self._database = database
        self._clock = clock
        self._throttles = Throttles()
        self._allowance = allowance
        self._by_secret = BackOff(allowance.login_failures)
        self._by_address = BackOff(allowance.address_failures)

    def admit(self, operation: str, address: str) -> None:
        """Count a call of a public operation. Raises `RateLimited`."""
        key = throttle_key("request", operation, address)
        self._count(key, self._allowance.requests_per_minute, _MINUTE)

    def admit_mail(self, email_key: str) -> None:
        """Count a mail asked for, whether or not there is such an account. Raises `RateLimited`."""
        self._count(throttle_key("mail", email_key), self._allowance.mails_per_hour, _HOUR)

    def attempt(self, secret_of: str, address: str | None = None) -> None:
        """Count a try at somebody's secret as failed, until `undo` or `succeed` says otherwise.

        `secret_of` names whose secret and which ("login:" and an e-mail key, "totp:" and a user
        id). Raises `RateLimited` (code `login_blocked`) before anything is looked at.
        """
        now = self._clock.now()
        with self._database.transaction() as connection:
            for key, back_off in self._keys(secret_of, address):
                wait = self._throttles.attempt(connection, key, back_off, now)
                if wait is not None:
                    raise RateLimited(
                        "Too many failed attempts. Wait a while, then try again.",
                        code="login_blocked",
                        retry_after_s=wait.total_seconds(),
                    )

    def undo(self, secret_of: str, address: str | None = None) -> None:
        """The try was no failure, and yet no full success: leave the count as it was before."""
        with self._database.transaction() as connection:
            for key, _ in self._keys(secret_of, address):
                self._throttles.undo(connection, key)

    def succeed(self, secret_of: str, address: str | None = None) -> None:
        """Forget the failures at this secret, and this one try from the address."""
        with self._database.transaction() as connection:
            (mine, _), *others = self._keys(secret_of, address)
            self._throttles.reset(connection, mine)
            for key, _ in others:
                self._throttles.undo(connection, key)

    def _keys(self, secret_of: str, address: str | None) -> list[tuple[bytes, BackOff]]:
        keys = [(throttle_key("secret", secret_of), self._by_secret)]
        if address is not None:
            keys.append((throttle_key("address", address), self._by_address))
        return keys

    def _count(self, key: bytes, limit: int, window: timedelta) -> None:
        with self._database.transaction() as connection:
            wait = self._throttles.count(connection, key, limit, window, self._clock.now())
        if wait is not None:
            raise RateLimited(
                "Too many requests. Wait a while, then try again.",
                retry_after_s=wait.total_seconds(),
            )
