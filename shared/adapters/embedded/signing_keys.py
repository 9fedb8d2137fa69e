"""The RSA keys of one machine's stack in a folder, and their rotation without a pause.

- `jwks.json`: the public halves, all that verifying takes (RFC 7517).
- `signing.json`: from when each key signs and the file of its private half; of the keys whose time
  has come, the latest one signs.
- `*.pem`: the private halves, readable by their owner alone.

A folder with only `token.pem` and `jwks.json` has one key, which signs.
"""

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.access_tokens import ALGORITHM, LEEWAY, keys_by_id, public_part
from shared.ports.clock import Clock
from shared.ports.identity import JwkSet

PUBLISH_BEFORE_USE: Final = timedelta(minutes=10)
KEEP_AFTER_USE: Final = timedelta(minutes=15) + LEEWAY
_KEY_BITS: Final = 2048
_REREAD_EVERY: Final = timedelta(seconds=1)
_ALWAYS: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`signs_from` is when it takes over from the key before it."""

    id: str
    signs_from: datetime
    file: str


class PublicKeyFile:
    """The public keys in a folder, read again when the file has changed.

    Raises `OSError` or `ValueError` at first when there are none; later the last good ones stay.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._path = directory / "jwks.json"
        self._clock = clock
        self._lock = Lock()
        self._read()

    def key(self, id: str) -> jwt.PyJWK | None:
        """The key of this id; an unknown one has the file read again, once a second at most."""
        self._refresh()
        if id not in self._keys and self._clock.now() - self._read_at >= _REREAD_EVERY:
            self._refresh(anyway=True)
        return self._keys.get(id)

    def jwks(self) -> JwkSet:
        self._refresh()
        return {"keys": self._public}

    def _refresh(self, *, anyway: bool = False) -> None:
        try:
            if anyway or _version(self._path) != self._version:
                self._read()
        except (OSError, ValueError):
            self._read_at = self._clock.now()

    def _read(self) -> None:
        with self._lock:
            version = _version(self._path)
            key_set = json.loads(self._path.read_text())
            self._keys = keys_by_id(key_set)
            self._public = [public_part(key) for key in key_set["keys"]]
            self._version = version
            self._read_at = self._clock.now()


class PrivateKeys:
    """The private keys in a folder; raises `OSError` when it has none."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._loaded: dict[str, rsa.RSAPrivateKey] = {}

    def current(self, now: datetime) -> tuple[str, rsa.RSAPrivateKey]:
        """Id and key to sign with at `now`."""
        ready = [key for key in signing_keys(self._directory) if key.signs_from <= now]
        chosen = ready[-1] if ready else signing_keys(self._directory)[0]
        key = self._loaded.get(chosen.id)
        if key is None:
            pem = (self._directory / chosen.file).read_bytes()
            loaded = serialization.load_pem_private_key(pem, password=None)
            if not isinstance(loaded, rsa.RSAPrivateKey):
                raise ValueError(f"{chosen.file} is not an RSA key")
            key = loaded
            self._loaded = {chosen.id: key}
        return chosen.id, key


def create_keys(directory: Path) -> None:
    """Make a first key, which signs at once, unless there is one."""
    directory.mkdir(parents=True, exist_ok=True)
    with _locked(directory):
        taken_over = all((directory / name).exists() for name in ("token.pem", "jwks.json"))
        if not taken_over and not (directory / "signing.json").exists():
            _add_key(directory, (), _ALWAYS)


def rotate(
    directory: Path,
    now: datetime,
    *,
    publish_before_use: timedelta = PUBLISH_BEFORE_USE,
    keep_after_use: timedelta = KEEP_AFTER_USE,
) -> SigningKey:
    """Add a key: published at once, signing once every verifier's cached set has it.

    The key it takes over from stays published until `prune` finds that its last token has expired.
    """
    with _locked(directory):
        keys = _prune(directory, now, keep_after_use)
        return _add_key(directory, keys, now + publish_before_use)


def revoke(directory: Path, now: datetime) -> SigningKey:
    """After a theft: one new key, which signs at once; no other is published any more.

    Whoever keeps public keys takes the stolen ones, and refuses the new one, until they ask again.
    """
    with _locked(directory):
        new = _add_key(directory, (), now)
        _remove_private(directory, (new,))
        return new


def prune(
    directory: Path, now: datetime, *, keep_after_use: timedelta = KEEP_AFTER_USE
) -> tuple[SigningKey, ...]:
    """Remove each key that stopped signing `keep_after_use` ago; answers those that stay."""
    with _locked(directory):
        return _prune(directory, now, keep_after_use)


def signing_keys(directory: Path) -> tuple[SigningKey, ...]:
    """All keys of the folder in the order in which they sign."""
    try:
        entries = json.loads((directory / "signing.json").read_text())["keys"]
    except FileNotFoundError:
        first = json.loads((directory / "jwks.json").read_text())["keys"][0]
        return (SigningKey(first["kid"], _ALWAYS, "token.pem"),)
    keys = [SigningKey(e["kid"], datetime.fromisoformat(e["from"]), e["file"]) for e in entries]
    return tuple(sorted(keys, key=lambda key: key.signs_from))


def _add_key(directory: Path, keys: Sequence[SigningKey], signs_from: datetime) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    kid = _thumbprint(public)
    added = SigningKey(kid, signs_from, f"{kid}.pem")
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # In this order a crash leaves a key that nobody has signed with, never one nobody can verify.
    _write(directory / added.file, pem)
    published = public_part(public | {"kid": kid, "alg": ALGORITHM, "use": "sig"})
    _publish(directory, [*_published(directory, keys), published])
    _remember(directory, [*keys, added])
    return added


def _prune(directory: Path, now: datetime, keep: timedelta) -> tuple[SigningKey, ...]:
    keys = signing_keys(directory)
    successors = [*(key.signs_from for key in keys[1:]), datetime.max.replace(tzinfo=UTC)]
    kept = [key for key, until in zip(keys, successors, strict=True) if now - until < keep]
    if len(kept) < len(keys):
        _remember(directory, kept)
        _publish(directory, _published(directory, kept))
    _remove_private(directory, kept)
    return tuple(kept)


def _remove_private(directory: Path, kept: Sequence[SigningKey]) -> None:
    files = {key.file for key in kept}
    for pem in directory.glob("*.pem"):
        if pem.name not in files:
            pem.unlink()


def _published(directory: Path, keys: Sequence[SigningKey]) -> list[dict[str, str]]:
    if not keys:
        return []
    found = {k["kid"]: k for k in json.loads((directory / "jwks.json").read_text())["keys"]}
    return [public_part(found[key.id]) for key in keys]


def _publish(directory: Path, keys: Sequence[Mapping[str, str]]) -> None:
    _write(directory / "jwks.json", json.dumps({"keys": keys}).encode(), mode=0o644)


def _remember(directory: Path, keys: Sequence[SigningKey]) -> None:
    entries = [{"kid": k.id, "from": k.signs_from.isoformat(), "file": k.file} for k in keys]
    _write(directory / "signing.json", json.dumps({"keys": entries}).encode())


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fsync(descriptor)
    temporary.rename(path)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _thumbprint(jwk: Mapping[str, Any]) -> str:
    """The key's RFC 7638 thumbprint, its key id."""
    canonical = json.dumps({k: jwk[k] for k in ("e", "kty", "n")}, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _version(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
