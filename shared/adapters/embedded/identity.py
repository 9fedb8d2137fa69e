"""Access tokens signed with the RSA keys in a folder."""

from datetime import timedelta
from pathlib import Path

import jwt

from shared.adapters.access_tokens import ALGORITHM, claims_of, verified
from shared.adapters.embedded.signing_keys import PrivateKeys, PublicKeyFile, create_keys
from shared.domain.identity import Principal
from shared.ports.clock import Clock
from shared.ports.identity import JwkSet

__all__ = ["LocalTokens", "create_keys"]
_TYPE = "at+jwt"


class LocalTokens:
    """The token ports over the keys in a folder (see `signing_keys`).

    Whoever can read its private keys can act as anyone; to verify, `jwks.json` alone is enough.
    A token that is to live longer than `KEEP_AFTER_USE` may end with its key, at a rotation.
    """

    def __init__(self, directory: Path, issuer: str, audience: str, clock: Clock) -> None:
        self._public = PublicKeyFile(directory, clock)
        self._private = PrivateKeys(directory)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def verify(self, token: str) -> Principal:
        keys = {self._issuer: self._public.key}
        return verified(token, keys=keys, audience=self._audience, type=_TYPE)

    def issue(self, principal: Principal, audience: str, lifetime: timedelta) -> str:
        now = self._clock.now()
        claims = claims_of(
            principal,
            issuer=self._issuer,
            audience=audience,
            token_id=self._clock.new_id(),
            now=now,
            lifetime=lifetime,
        )
        kid, key = self._private.current(now)
        return jwt.encode(claims, key, ALGORITHM, {"kid": kid, "typ": _TYPE})

    def jwks(self) -> JwkSet:
        return self._public.jwks()
