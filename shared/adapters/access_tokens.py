"""What our access tokens say, and how one is checked, whoever signed it.

JWTs after RFC 9068 (claims) and RFC 8725 (checks); compact form after RFC 7515.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

import jwt

from shared.domain.errors import Unauthenticated
from shared.domain.identity import Principal, Role

ALGORITHM: Final = "RS256"
LEEWAY: Final = timedelta(seconds=5)
ACCESS: Final = "access"
MAX_LENGTH: Final = 8192
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_PUBLIC_MEMBERS: Final = ("kty", "n", "e", "kid", "alg", "use")

FindKey = Callable[[str], jwt.PyJWK | None]


def claims_of(
    principal: Principal,
    *,
    issuer: str,
    audience: str,
    token_id: str,
    now: datetime,
    lifetime: timedelta,
) -> dict[str, Any]:
    """The claims of a new token (RFC 9068 §2.2; `sid`, `auth_time`, `amr` of OpenID Connect).

    `token_use` tells our access tokens from a service account's other JWTs where the signer fixes
    the type in the header.
    """
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "jti": token_id,
        "token_use": ACCESS,
        "sub": principal.id,
        "role": principal.role,
    }
    if principal.session_id is not None:
        claims["sid"] = principal.session_id
    if principal.authenticated_at is not None:
        claims["auth_time"] = principal.authenticated_at
        claims["amr"] = ["pwd", "mfa"] if principal.second_factor else ["pwd"]
    return claims


def verified(
    token: str,
    *,
    keys: Mapping[str, FindKey],
    audience: str,
    type: str,
    token_use: str | None = None,
) -> Principal:
    """The principal a token stands for.

    `keys` finds, by issuer, that issuer's public key of an id; no other issuer is accepted.
    `type` is the header's `typ`, `token_use` the claim demanded besides. Raises `Unauthenticated`.
    """
    try:
        if len(token) > MAX_LENGTH or not _COMPACT.fullmatch(token):
            raise jwt.InvalidTokenError("not in compact form")
        header, payload, signature = (_decoded(part) for part in token.split("."))
        head = _json_object(header)
        if head.get("typ") != type:
            raise jwt.InvalidTokenError("not an access token")
        claims = _json_object(payload)
        key = keys[claims["iss"]](_text(head["kid"]))
        if key is None or not signature:
            raise jwt.InvalidTokenError("no key of this id")
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=list(keys),
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        if token_use is not None and claims.get("token_use") != token_use:
            raise jwt.InvalidTokenError("not an access token")
        return _principal(claims)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Unauthenticated("The token is not valid (any more).") from error


def expiry(token: str) -> datetime:
    """When a token that was `verified` ends."""
    claims = _json_object(_decoded(token.split(".")[1]))
    return datetime.fromtimestamp(claims["exp"], UTC)


def keys_by_id(key_set: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """The RSA signing keys of a JWK set (RFC 7517); raises `ValueError` where it is none."""
    try:
        return {
            _text(key["kid"]): jwt.PyJWK(public_part(key), ALGORITHM)
            for key in key_set["keys"]
            if key["kty"] == "RSA" and key.get("use", "sig") == "sig"
        }
    except (jwt.PyJWTError, KeyError, TypeError) as error:
        raise ValueError("not a JWK set") from error


def public_part(key: Mapping[str, Any]) -> dict[str, str]:
    """Of a JWK only what anyone may know and a verifier needs."""
    return {member: key[member] for member in _PUBLIC_MEMBERS if member in key}


def _principal(claims: Mapping[str, Any]) -> Principal:
    role: Role = claims["role"]
    subject: str = claims["sub"]
    session, authenticated_at = claims.get("sid"), claims.get("auth_time")
    if role not in get_args(Role) or not subject:
        raise jwt.InvalidTokenError("no known role")
    if not isinstance(session, str | None) or type(authenticated_at) not in (int, type(None)):
        raise jwt.InvalidTokenError("no valid session")
    return Principal(subject, role, session, authenticated_at, "mfa" in claims.get("amr", ()))


def _decoded(part: str) -> bytes:
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    # Unused bits make several texts of one signature: only the one RFC 4648 names is a token.
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise jwt.InvalidTokenError("not base64url")
    return decoded


def _json_object(part: bytes) -> dict[str, Any]:
    value = json.loads(part, object_pairs_hook=_without_repeats)
    if not isinstance(value, dict):
        raise jwt.InvalidTokenError("not a JSON object")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise jwt.InvalidTokenError("a name appears twice")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise jwt.InvalidTokenError("not a text")
    return value
