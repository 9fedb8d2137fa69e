"""Passwords: what is refused, and how they are kept (Argon2id, RFC 9106).

Parameters are OWASP's minimum for Argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one
lane. Hashing runs a few at a time, so that many sign-ins at once cannot use up the memory.
"""

import unicodedata
from functools import cache
from pathlib import Path
from threading import Semaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from shared.domain.errors import FieldError, Invalid

MIN_LENGTH = 12
MAX_LENGTH = 128
_AT_ONCE = 4
_LIST = Path(__file__).with_name("common_passwords.txt")


class Passwords:
    """Hashes, and checks passwords against hashes; both take the same time for anyone."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2, lanes: int = 1) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=lanes, type=Type.ID
        )
        self._room = Semaphore(_AT_ONCE)
        self._nobodys = self.hash("the password of no account")

    def hash(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(_normalised(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; without a stored hash the same work, then False."""
        try:
            with self._room:
                self._hasher.verify(stored or self._nobodys, _normalised(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def require_strong(password: str, email: str, pointer: str) -> None:
    """Raises `Invalid` (code `password_too_weak`) for what is guessed first."""
    plain = _normalised(password).casefold()
    if plain.strip() == email.casefold():
        _refuse("The password must not be the e-mail address.", pointer)
    if plain in _common() or len(set(plain)) == 1:
        _refuse("This password is one of the first that are guessed.", pointer)


def _refuse(detail: str, pointer: str) -> None:
    raise Invalid(detail, code="password_too_weak", errors=[FieldError(pointer, detail)])


def _normalised(password: str) -> str:
    # One keyboard composes an accented letter, another does not (RFC 8265 §4.2).
    return unicodedata.normalize("NFC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(_LIST.read_text().split("\n"))
