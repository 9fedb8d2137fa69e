"""Rate limits by the generic cell rate algorithm (GCRA, ITU-T I.371 annex A): one document a key.

The document holds the theoretical arrival time, when a caller who came evenly would come next,
and expires then: a key at rest costs nothing. Keys are kept as hashes.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.domain.errors import RateLimited, Unavailable
from shared.ports.clock import Clock
from shared.ports.documents import Documents, Transaction

_COLLECTION: Final = "rate_limits"
_BUSY_S: Final = 1.0
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """`limit` calls of `key` at once at most, and from then on one in each `per / limit`."""

    key: str
    limit: int
    per: timedelta

    @property
    def interval_s(self) -> float:
        return self.per.total_seconds() / self.limit


class RateLimits:
    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def take(self, *rates: Rate) -> None:
        """Count one call against each of `rates`, or against none of them.

        Raises `RateLimited`, with the seconds after which the next call fits. So many calls at
        once that the documents stay contended count as too many.
        """
        ids = [hashlib.sha256(rate.key.encode()).hexdigest() for rate in rates]
        now = self._clock.now().timestamp()

        def work(transaction: Transaction) -> float:
            found = [transaction.get(_COLLECTION, hashed) for hashed in ids]
            arrivals = [
                max(now, kept.data["arrival"] if kept else now) + rate.interval_s
                for kept, rate in zip(found, rates, strict=True)
            ]
            waits = zip(arrivals, rates, strict=True)
            wait_s = max(arrival - now - rate.per.total_seconds() for arrival, rate in waits)
            if wait_s <= 0:
                for hashed, arrival in zip(ids, arrivals, strict=True):
                    expires_at = datetime.fromtimestamp(arrival, UTC)
                    transaction.set(_COLLECTION, hashed, {"arrival": arrival}, expires_at)
            return wait_s

        try:
            wait_s = self._documents.transact(work)
        except Unavailable as error:
            if error.code != "contended":
                raise
            wait_s = _BUSY_S
        if wait_s > 0:
            raise RateLimited("Too many requests; wait a little.", retry_after_s=wait_s)


@dataclass(frozen=True, slots=True)
class CallerLimits:
    """How often one user, and one address, may do something in a minute."""

    rates: RateLimits
    what: str
    per_user: int
    per_address: int

    def take(self, user_id: str, address: str) -> None:
        """Count one call. Raises `RateLimited`."""
        self.rates.take(
            Rate(f"{self.what} user {user_id}", self.per_user, _MINUTE),
            Rate(f"{self.what} address {address}", self.per_address, _MINUTE),
        )
