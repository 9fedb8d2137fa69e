"""The secrets of one machine's stack: made once, kept in files only their owner can read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from shared.adapters.embedded.identity import create_keys

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Credentials:
    """`token_keys` is the folder of the token key pair."""

    database_password: str
    objects_secret: str
    refresh_secret: str
    totp_key: str
    token_keys: Path


def load(directory: Path) -> Credentials:
    """The secrets in `directory`, made where they are missing."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    create_keys(directory / "tokens")
    return Credentials(
        database_password=_secret(directory / "database_password"),
        objects_secret=_secret(directory / "objects_secret"),
        refresh_secret=_secret(directory / "refresh_secret"),
        totp_key=_secret(directory / "totp_key"),
        token_keys=directory / "tokens",
    )


def _secret(path: Path) -> str:
    if not path.exists():
        temporary = path.with_suffix(".new")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(_SECRET_BYTES))
        temporary.rename(path)
    return path.read_text()
