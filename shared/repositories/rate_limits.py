"""Rate limits by the generic cell rate algorithm (GCRA, ITU-T I.371 annex A): one document a key.

The document holds the theoretical arrival time, when a caller who came evenly would come next,
and expires then: a key at rest costs nothing. Keys are kept as hashes.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.domain.errors import RateLimited, Unavailable
from shared.ports.clock import Clock
from shared.ports.documents import Documents, Transaction

_COLLECTION: Final = "rate_limits"
_BUSY_S: Final = 1.0


class RateLimits:
    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def take(self, key: str, *, limit: int, per: timedelta) -> None:
        """Count one call: `limit` at once at most, and from then on one in each `per / limit`.

        Raises `RateLimited`, with the seconds after which the next call fits; a refused call does
        not count. So many calls at once that the document stays contended count as too many.
        """
        hashed = hashlib.sha256(key.encode()).hexdigest()
        now = self._clock.now().timestamp()
        interval, window = per.total_seconds() / limit, per.total_seconds()

        def work(transaction: Transaction) -> float:
            found = transaction.get(_COLLECTION, hashed)
            arrival = max(now, found.data["arrival"] if found else now) + interval
            wait_s: float = arrival - now - window
            if wait_s <= 0:
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
