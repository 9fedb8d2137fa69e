"""Time-based one-time passwords (RFC 6238) and recovery codes, as kept at rest."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECOVERY_CODES: Final = 10
_ISSUER: Final = "Rostrum"
_STEP_S: Final = 30
_WINDOW_STEPS: Final = 1
_NONCE_BYTES: Final = 12
# Without the look-alikes 0 O, 1 I L, and with 31 letters: 10 of them are 49 bits.
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH: Final = 10


class TotpKey:
    """What the database alone must not be enough to read or forge, under the key of the settings.

    A secret is encrypted with AES-256-GCM and bound to its user, so that a row moved to another
    user does not decrypt; a recovery code is kept as an HMAC-SHA-256 over user and code.
    """

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(_derived(key, b"totp secrets"))
        self._hmac_key = _derived(key, b"recovery codes")

    def encrypt(self, user_id: str, secret: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), user_id.encode())

    def decrypt(self, user_id: str, encrypted: bytes) -> str:
        """Raises `ValueError` for what this key did not encrypt for this user."""
        nonce, sealed = encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, user_id.encode()).decode()
        except InvalidTag:
            raise ValueError("the secret was encrypted for another user or key") from None

    def recovery_hash(self, user_id: str, code: str) -> bytes:
        """The same for a code in capitals or not, with spaces and hyphens or without."""
        plain = code.upper().replace("-", "").replace(" ", "")
        return hmac.digest(self._hmac_key, f"{user_id}:{plain}".encode(), hashlib.sha256)


def new_secret() -> str:
    """160 random bits in base 32, as RFC 4226 §4 recommends."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, email: str) -> str:
    """What an authenticator app reads from a QR code (the otpauth key URI format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step (30 s since 1970) whose code this is: the present one or a neighbour."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // _STEP_S
    for step in range(present - _WINDOW_STEPS, present + _WINDOW_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """`RECOVERY_CODES` codes of 10 letters and digits that are not mistaken for one another."""
    return [
        "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"rostrum " + purpose).derive(key.encode())
