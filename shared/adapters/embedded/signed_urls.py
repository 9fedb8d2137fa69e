"""Upload URLs signed by HMAC-SHA256, bound to the same terms as a Cloud Storage V4 signed URL.

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
    """Signs and verifies PUT URLs below `base_url` with a secret of at least 32 bytes."""

    def __init__(self, base_url: str, secret: bytes) -> None:
        if len(secret) < hashlib.sha256().digest_size:
            raise ValueError("the signing secret is shorter than 32 bytes")
        self._base_url = base_url.rstrip("/")
        self._secret = secret

    def sign(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        expires = str(int(expires_at.timestamp()))
        headers = {
            "Content-Type": content_type,
            LENGTH_RANGE: f"0,{max_bytes}",
            GENERATION_MATCH: "0",
        }
        signature = self._signature(name, expires, {k.lower(): v for k, v in headers.items()})
        query = urlencode({"expires": expires, "signature": signature})
        return SignedUpload(f"{self._base_url}/{quote(name)}?{query}", headers)

    def verify(
        self, name: str, query: Mapping[str, str], headers: Mapping[str, str], now: datetime
    ) -> UploadGrant:
        """The grant behind a PUT with these `headers`, by lower-case name.

        Raises `Forbidden` with code `upload_signature_invalid` or `upload_url_expired`.
        """
        expires = query.get("expires", "")
        signed = {key: headers.get(key, "") for key in _SIGNED_HEADERS}
        expected = self._signature(name, expires, signed)
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
            raise Forbidden(
                "The upload differs from what was agreed: send the URL and headers unchanged.",
                code="upload_signature_invalid",
            )
        if now.timestamp() > int(expires):
            raise Forbidden("The upload URL has expired.", code="upload_url_expired")
        max_bytes = int(signed[LENGTH_RANGE].partition(",")[2])
        return UploadGrant(name, signed["content-type"], max_bytes)

    def _signature(self, name: str, expires: str, headers: Mapping[str, str]) -> str:
        lines = [
            "PUT",
            name,
            expires,
            *(f"{key}:{headers[key]}" for key in _SIGNED_HEADERS),
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
