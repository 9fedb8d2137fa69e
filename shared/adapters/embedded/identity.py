"""Access tokens signed with a local RSA key: JWTs after RFC 9068, checked after RFC 8725."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.domain.errors import Unauthenticated
from shared.domain.identity import Principal, Role
from shared.ports.clock import Clock

_ALGORITHM = "RS256"
_TYPE = "at+jwt"
_KEY_BITS = 2048
_LEEWAY_S = 5


class LocalTokens:
    """The token ports over the key pair in a folder: `token.pem` (private) and `jwks.json`.

    Whoever can read `token.pem` can act as anyone; to verify, `jwks.json` alone is enough.
    """

    def __init__(self, directory: Path, issuer: str, audience: str, clock: Clock) -> None:
        self._directory = directory
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        jwks = json.loads((directory / "jwks.json").read_text())
        self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(jwks).keys}

    def verify(self, token: str) -> Principal:
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys[header["kid"]]
            if header.get("typ") != _TYPE:
                raise jwt.InvalidTokenError("not an access token")
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
            return principal_from(claims)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise Unauthenticated("The token is not valid (any more).") from error

    def issue(self, principal: Principal, audience: str, lifetime: timedelta) -> str:
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "aud": audience,
            "iat": now,
            "exp": now + lifetime,
            "jti": self._clock.new_id(),
            **access_claims(principal),
        }
        private_key = (self._directory / "token.pem").read_text()
        headers = {"kid": next(iter(self._keys)), "typ": _TYPE}
        return jwt.encode(claims, private_key, algorithm=_ALGORITHM, headers=headers)


def create_keys(directory: Path) -> None:
    """Make the key pair unless it is there; the private half is readable by its owner alone."""
    if (directory / "jwks.json").exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    private = os.open(directory / "token.pem", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(private, "wb") as file:
        file.write(pem)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    entry = {**public, "kid": jwt_thumbprint(public), "alg": _ALGORITHM, "use": "sig"}
    temporary = directory / "jwks.new"
    temporary.write_text(json.dumps({"keys": [entry]}))
    temporary.rename(directory / "jwks.json")


def jwt_thumbprint(jwk: Mapping[str, Any]) -> str:
    """The key's RFC 7638 thumbprint, its key id."""
    canonical = json.dumps({k: jwk[k] for k in ("e", "kty", "n")}, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def access_claims(principal: Principal) -> dict[str, Any]:
    """What a token says of its principal (RFC 9068 §2.2; `sid`, `auth_time`, `amr` of OpenID)."""
    claims: dict[str, Any] = {"sub": principal.id, "role": principal.role}
    if principal.session_id is not None:
        claims["sid"] = principal.session_id
    if principal.authenticated_at is not None:
        claims["auth_time"] = principal.authenticated_at
        claims["amr"] = ["pwd", "mfa"] if principal.second_factor else ["pwd"]
    return claims


def principal_from(claims: Mapping[str, Any]) -> Principal:
    """The principal `access_claims` described; raises `InvalidTokenError` for anything else."""
    role: Role = claims["role"]
    subject: str = claims["sub"]
    session, authenticated_at = claims.get("sid"), claims.get("auth_time")
    if role not in get_args(Role) or not subject:
        raise jwt.InvalidTokenError("no known role")
    if not isinstance(session, str | None) or type(authenticated_at) not in (int, type(None)):
        raise jwt.InvalidTokenError("no valid session")
    return Principal(subject, role, session, authenticated_at, "mfa" in claims.get("amr", ()))
