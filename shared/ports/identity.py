"""Identity: bearer tokens, verified and (where this deployable may) issued."""

from datetime import timedelta
from typing import Protocol

from shared.domain.identity import Principal


class TokenVerifier(Protocol):
    def verify(self, token: str) -> Principal:
        """The caller a token stands for.

        Checks signature with a pinned algorithm, type `at+jwt`, issuer, audience, expiry and
        subject (RFC 8725, RFC 9068). Raises `Unauthenticated` for anything else.
        """


class TokenIssuer(Protocol):
    def issue(self, principal: Principal, audience: str, lifetime: timedelta) -> str:
        """A signed token that `verify` takes at that audience, for this principal, so long.

        Raises `Unavailable` when the signer cannot be reached.
        """
