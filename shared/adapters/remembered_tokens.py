"""Verified tokens, remembered for a moment: most calls of a client come with the same one."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from shared.adapters.access_tokens import expiry
from shared.domain.identity import Principal
from shared.ports.clock import Clock
from shared.ports.identity import TokenVerifier

REMEMBERED_FOR: Final = timedelta(seconds=30)
_MOST: Final = 10_000


class RememberedTokens:
    """A verifier that asks another one once in `REMEMBERED_FOR` for the same token.

    No token outlives its expiry by that; one whose key is revoked does, by so much. Only what was
    accepted is remembered, by a hash, so that a dump of the memory gives no token away.
    """

    def __init__(self, verifier: TokenVerifier, clock: Clock) -> None:
        self._verifier = verifier
        self._clock = clock
        self._known: dict[bytes, tuple[Principal, datetime]] = {}

    def verify(self, token: str) -> Principal:
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now = self._clock.now()
        known = self._known.get(digest)
        if known is not None and now < known[1]:
            return known[0]
        principal = self._verifier.verify(token)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[digest] = (principal, min(now + REMEMBERED_FOR, expiry(token)))
        return principal
