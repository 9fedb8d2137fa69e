"""URLs signed by HMAC-SHA256, bound to the same terms as a Cloud Storage V4 signed URL.

https://cloud.google.com/storage/docs/authentication/signatures. The headers carry Cloud
Storage's names, so that a client sends the same to both.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from shared.domain.errors import Forbidden, PreconditionFailed, TooLarge
from shared.ports.objects import SignedUpload

LENGTH_RANGE = "x-goog-content-length-range"
GENERATION_MATCH = "x-goog-if-generation-match"
_SIGNED_HEADERS = ("content-type", LENGTH_RANGE, GENERATION_MATCH)


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """What a verified upload URL allows."""

    name: str
    content_type: str
    max_bytes: int


class UrlSigner:
    """Signs and verifies URLs of one bucket, `base_url`/`bucket`/…; the secret has 32 bytes up."""

    def __init__(self, base_url: str, bucket: str, secret: bytes) -> None:
        if len(secret) < hashlib.sha256().digest_size:
            raise ValueError("the signing secret is shorter than 32 bytes")
        self._base_url = f"{base_url.rstrip('/')}/{quote(bucket)}"
        self._bucket = bucket
        self._secret = secret

    def sign_download(self, name: str, *, expires_at: datetime, filename: str | None) -> str:
        expires = str(int(expires_at.timestamp()))
        saved_as = filename or ""
        signature = self._signature("GET", name, expires, {"filename": saved_as})
        query = {"expires": expires, "filename": saved_as, "signature": signature}
        return f"{self._base_url}/{quote(name)}?{urlencode(query)}"

    def verify_download(self, name: str, query: Mapping[str, str], now: datetime) -> None:
        """Raises `Forbidden` as `verify` does."""
        expires = query.get("expires", "")
        signed = {"filename": query.get("filename", "")}
        self._check(self._signature("GET", name, expires, signed), query, now)

    def sign(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        expires = str(int(expires_at.timestamp()))
        headers = {
            "Content-Type": content_type,
            LENGTH_RANGE: f"0,{max_bytes}",
            GENERATION_MATCH: "0",
        }
        lower = {key.lower(): value for key, value in headers.items()}
        signature = self._signature("PUT", name, expires, lower)
        query = urlencode({"expires": expires, "signature": signature})
        return SignedUpload(f"{self._base_url}/{quote(name)}?{query}", headers)

    def verify(
        self, name: str, query: Mapping[str, str], headers: Mapping[str, str], now: datetime
    ) -> UploadGrant:
        """The grant behind a PUT with these `headers`, by lower-case name.

        Raises `Forbidden` with code `url_signature_invalid` or `url_expired`.
        """
        signed = {key: headers.get(key, "") for key in _SIGNED_HEADERS}
        self._check(self._signature("PUT", name, query.get("expires", ""), signed), query, now)
        max_bytes = int(signed[LENGTH_RANGE].partition(",")[2])
        return UploadGrant(name, signed["content-type"], max_bytes)

    def _check(self, expected: str, query: Mapping[str, str], now: datetime) -> None:
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
            raise Forbidden(
                "This differs from what was signed: use the URL and headers unchanged.",
                code="url_signature_invalid",
            )
        if now.timestamp() > int(query["expires"]):
            raise Forbidden("The URL has expired.", code="url_expired")

    def _signature(self, method: str, name: str, expires: str, signed: Mapping[str, str]) -> str:
        lines = [
            method,
            self._bucket,
            name,
            expires,
            *(f"{key}:{signed[key]}" for key in sorted(signed)),
        ]
        return hmac.new(self._secret, "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        f"The file is larger than the {max_bytes} bytes agreed.", code="upload_too_large"
    )


def already_uploaded() -> PreconditionFailed:
    return PreconditionFailed(
        "This upload URL has been used; the first recording stands.", code="already_uploaded"
    )
