"""Opaque tokens: 256 random bits for whom they are for, a SHA-256 for ourselves."""

import base64
import hashlib
import hmac
import secrets

_BYTES = 32


def new_token() -> str:
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> bytes:
    """What is kept of a token; it cannot be guessed, so it needs neither salt nor slow hash."""
    return hashlib.sha256(token.encode()).digest()


def successor(secret: str, token: str) -> str:
    """The one token that may follow this one; only who holds the secret can tell it."""
    digest = hmac.digest(secret.encode(), token.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
