"""Identity: bearer tokens, verified and (where this deployable may) issued."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from shared.domain.identity import Principal

JwkSet = Mapping[str, Sequence[Mapping[str, str]]]


class TokenVerifier(Protocol):
    def verify(self, token: str) -> Principal:
        """The caller a token stands for.

        Checks signature with a pinned algorithm, type, issuer, audience, expiry and subject
        (RFC 8725, RFC 9068). Raises `Unauthenticated` for anything else, `Unavailable` when the
        issuer's keys cannot be had.
        """


class TokenIssuer(Protocol):
    def issue(self, principal: Principal, audience: str, lifetime: timedelta) -> str:
        """A signed token that `verify` takes at that audience, for this principal, so long.

        Raises `Unavailable` when the signer cannot be reached.
        """


class PublicKeys(Protocol):
    def jwks(self) -> JwkSet:
        """`{"keys": [JWK]}` (RFC 7517): the public keys users' tokens are verified with.

        Raises `Unavailable` when they cannot be had.
        """


class Admission(Protocol):
    def token(self, audience: str) -> str:
        """What the platform asks of a caller before a service at the URL `audience` hears of it.

        Raises `Unavailable` when it cannot be had.
        """
