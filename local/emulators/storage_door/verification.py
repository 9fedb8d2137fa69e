"""V4 signed URLs, verified as Cloud Storage does.

https://cloud.google.com/storage/docs/authentication/signatures
https://cloud.google.com/storage/docs/authentication/canonical-requests
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from local.emulators.storage_door.refusals import RefusalError

ALGORITHM: Final = "GOOG4-RSA-SHA256"
LENGTH_RANGE: Final = "x-goog-content-length-range"
GENERATION_MATCH: Final = "x-goog-if-generation-match"
_SIGNATURE: Final = "X-Goog-Signature"
_SCOPE: Final = "auto/storage/goog4_request"
_LONGEST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came: `path` decoded, from the bucket on; header names in lower case."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an upload must keep to; without `max_bytes` any size will do."""

    content_type: str
    min_bytes: int
    max_bytes: int | None
    generation_match: str | None


class SignedUrls:
    """URLs signed by `account` with the private half of `key`."""

    def __init__(self, account: str, key: rsa.RSAPublicKey) -> None:
        self._account = account
        self._key = key

    def verify(self, request: SignedRequest, now: datetime) -> Terms:
        """Raises `RefusalError` with Cloud Storage's status and code."""
        query = dict(request.query)
        if _SIGNATURE not in query:
            raise RefusalError(403, "AccessDenied", "Anonymous caller has no access.")
        names = query.get("X-Goog-SignedHeaders", "").split(";")
        _check_headers(names, request.headers)
        issued_at = self._check_query(query)
        signed = self._string_to_sign(request, names, query["X-Goog-Date"])
        try:
            signature = bytes.fromhex(query[_SIGNATURE])
            self._key.verify(signature, signed.encode(), padding.PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError) as error:
            raise _mismatch() from error
        if now > issued_at + timedelta(seconds=int(query["X-Goog-Expires"])):
            raise RefusalError(400, "ExpiredToken", "The provided token has expired.")
        return _terms(request.headers)

    def _check_query(self, query: Mapping[str, str]) -> datetime:
        """When the signature was made; raises unless the parameters are in form."""
        try:
            issued_at = datetime.strptime(query["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(
                tzinfo=UTC
            )
            lifetime = timedelta(seconds=int(query["X-Goog-Expires"]))
            given = (query["X-Goog-Algorithm"], query["X-Goog-Credential"])
        except (KeyError, ValueError, OverflowError) as error:
            raise _malformed("A parameter of the signature is missing or malformed.") from error
        if not timedelta() <= lifetime <= _LONGEST:
            raise _malformed("X-Goog-Expires is at most seven days.")
        if given != (ALGORITHM, f"{self._account}/{issued_at:%Y%m%d}/{_SCOPE}"):
            raise _mismatch()
        return issued_at

    @staticmethod
    def _string_to_sign(request: SignedRequest, names: Sequence[str], issued_at: str) -> str:
        query = sorted(
            f"{quote(name, safe='~')}={quote(value, safe='~')}"
            for name, value in request.query
            if name != _SIGNATURE
        )
        headers = "".join(f"{name}:{_canonical(request.headers[name])}\n" for name in names)
        canonical_request = "\n".join(
            [
                request.method,
                quote(request.path, safe="/~"),
                "&".join(query),
                headers,
                ";".join(names),
                request.headers.get("x-goog-content-sha256", "UNSIGNED-PAYLOAD"),
            ]
        )
        digest = hashlib.sha256(canonical_request.encode()).hexdigest()
        return "\n".join([ALGORITHM, issued_at, f"{issued_at[:8]}/{_SCOPE}", digest])


def _check_headers(names: Sequence[str], headers: Mapping[str, str]) -> None:
    if "host" not in names or any(name not in headers for name in names):
        raise _malformed("A header is in signedheaders, but not in the request.")
    if any(name.startswith("x-goog-") and name not in names for name in headers):
        raise _malformed("A header is in the request, but not in signedheaders.")


def _terms(headers: Mapping[str, str]) -> Terms:
    smallest, largest = 0, None
    if bounds := headers.get(LENGTH_RANGE):
        match = re.fullmatch(r"(\d+),(\d+)", bounds)
        if match is None:
            raise _malformed("The content length range is malformed.")
        smallest, largest = int(match[1]), int(match[2])
    content_type = headers.get("content-type", "application/octet-stream")
    return Terms(content_type, smallest, largest, headers.get(GENERATION_MATCH))


def _canonical(value: str) -> str:
    return re.sub(r"\s+", " ", value.strip())


def _mismatch() -> RefusalError:
    return RefusalError(
        403, "SignatureDoesNotMatch", "The signature differs from the one computed here."
    )


def _malformed(message: str) -> RefusalError:
    return RefusalError(400, "MalformedSecurityHeader", message)
