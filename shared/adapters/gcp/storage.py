"""One bucket of Cloud Storage through google-cloud-storage, with V4 signed URLs.

https://cloud.google.com/storage/docs/access-control/signed-urls
https://cloud.google.com/storage/docs/request-preconditions
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from urllib.parse import quote

from google.api_core import exceptions as google_errors
from google.auth.credentials import AnonymousCredentials, Signing
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Client
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY
from urllib3.exceptions import HTTPError

from shared.adapters.gcp import own_identity
from shared.domain.errors import NotFound, Unavailable
from shared.ports.objects import ObjectInfo, SignedUpload

_log = logging.getLogger(__name__)

# To connect, and to wait for the next bytes.
_TIMEOUT_S: Final = (3.0, 15.0)
_FIRST_DELAY_S: Final = 0.2
_LONGEST_DELAY_S: Final = 2.0
_SENT_AT_ONCE_BYTES: Final = 8 * 1024 * 1024
_LISTED: Final = "items(name,generation,size,contentType),nextPageToken"
_REMEMBERED_UPLOADS: Final = 1024
_NOT_FOR_A_QUOTED_NAME: Final = re.compile(r'[^ -~]|["\\%]')


@cache
@own_identity.needed()
def build_client(project: str, *, emulator_host: str | None = None) -> Client:
    """The project's client, as the deployable itself; of the emulator at that URL, as nobody."""
    if emulator_host is None:
        client = Client(project=project)
    else:
        client = Client(
            project=project,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": emulator_host},
        )
    # Otherwise it asks for every bucket's metadata in the background, for spans that are not made
    # here, and needs storage.buckets.get for it.
    client._bucket_metadata_cache = None
    return client


class StorageObjects:
    """`WritableObjects` and `ResumableObjects` over an already-built client.

    Learners reach the bucket at `public_url`/`bucket_name`, with what `signer` signed. Cloud
    Storage takes signatures of up to seven days, so `expires_at` lies no farther ahead; those that
    IAM made stay good for 12 hours at least, until its keys rotate. What fails in passing is tried
    again for `deadline_s`: every call may be repeated.
    """

    def __init__(
        self,
        client: Client,
        bucket_name: str,
        signer: Signing,
        *,
        public_url: str,
        deadline_s: float = 20.0,
    ) -> None:
        self._client = client
        self._bucket = client.bucket(bucket_name)
        self._signer = signer
        self._public_url = public_url.rstrip("/")
        self._retry = DEFAULT_RETRY.with_timeout(deadline_s).with_delay(
            _FIRST_DELAY_S, _LONGEST_DELAY_S
        )
        # Every signature is a call to IAM, and a learner asks for the same terms again and again.
        self._upload_url = lru_cache(_REMEMBERED_UPLOADS)(self._sign_upload)

    def signed_upload(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        return self._upload("PUT", name, content_type, max_bytes, expires_at)

    def resumable_upload(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        return self._upload("POST", name, content_type, max_bytes, expires_at)

    def stat(self, name: str) -> ObjectInfo | None:
        with _translated():
            blob = self._bucket.get_blob(name, timeout=_TIMEOUT_S, retry=self._retry)
        return _info(blob) if blob is not None else None

    def read(self, name: str, generation: str) -> bytes:
        # The precondition refuses a generation that is kept but no longer live.
        blob = self._bucket.blob(name, generation=int(generation))
        with _translated():
            try:
                data: bytes = blob.download_as_bytes(
                    if_generation_match=int(generation), timeout=_TIMEOUT_S, retry=self._retry
                )
            except (google_errors.NotFound, google_errors.PreconditionFailed) as error:
                raise _gone() from error
        return data

    def copy(self, source: str, target: str) -> ObjectInfo:
        # A repeat costs a read, not a copy; the precondition decides between two at once.
        existing = self.stat(target)
        if existing is not None:
            return existing
        origin, copied = self._bucket.blob(source), self._bucket.blob(target)
        with _translated():
            try:
                token = None
                while True:
                    token, _, _ = copied.rewrite(
                        origin,
                        token=token,
                        if_generation_match=0,
                        timeout=_TIMEOUT_S,
                        retry=self._retry,
                    )
                    if token is None:
                        return _info(copied)
            except google_errors.NotFound as error:
                raise _gone() from error
            except google_errors.PreconditionFailed:
                existing = self.stat(target)
                if existing is None:
                    raise
                return existing

    def delete(self, name: str) -> None:
        with _translated():
            try:
                self._bucket.blob(name).delete(timeout=_TIMEOUT_S, retry=self._retry)
            except google_errors.NotFound:
                return

    def write(self, name: str, data: bytes, content_type: str) -> ObjectInfo:
        # Safe to repeat: the same bytes come under the same name. Over 8 MiB the client opens a
        # resumable session by itself.
        blob = self._bucket.blob(name, chunk_size=_SENT_AT_ONCE_BYTES)
        with _translated():
            blob.upload_from_string(data, content_type, timeout=_TIMEOUT_S, retry=self._retry)
        return _info(blob)

    def under(self, prefix: str) -> list[ObjectInfo]:
        with _translated():
            blobs = self._client.list_blobs(
                self._bucket, prefix=prefix, fields=_LISTED, timeout=_TIMEOUT_S, retry=self._retry
            )
            return [_info(blob) for blob in blobs]

    def signed_download(
        self, name: str, *, expires_at: datetime, filename: str | None = None
    ) -> str:
        url: str = self._bucket.blob(name).generate_signed_url(
            version="v4",
            method="GET",
            expiration=_remaining(expires_at),
            response_disposition=_attachment(filename) if filename else None,
            api_access_endpoint=self._public_url,
            credentials=self._signer,
        )
        return url

    def _upload(
        self, method: str, name: str, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        headers = {
            "Content-Type": content_type,
            "x-goog-content-length-range": f"0,{max_bytes}",
            "x-goog-if-generation-match": "0",
        }
        if method == "POST":
            headers["x-goog-resumable"] = "start"
        url = self._upload_url(method, name, tuple(headers.items()), expires_at)
        return SignedUpload(url, headers)

    def _sign_upload(
        self, method: str, name: str, headers: tuple[tuple[str, str], ...], expires_at: datetime
    ) -> str:
        url: str = self._bucket.blob(name).generate_signed_url(
            version="v4",
            method=method,
            expiration=_remaining(expires_at),
            headers=dict(headers),
            api_access_endpoint=self._public_url,
            credentials=self._signer,
        )
        return url


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (
        google_errors.GoogleAPIError,
        GoogleAuthError,
        InvalidResponse,
        DataCorruption,
        HTTPError,
        OSError,  # every error of requests among them
    ) as error:
        # Its message would name the object.
        _log.warning("Cloud Storage: %s", type(error).__name__)
        raise Unavailable("Cloud Storage failed.", code="storage_unavailable") from error


def _gone() -> NotFound:
    return NotFound("The object is gone.", code="object_not_found")


def _info(blob: Blob) -> ObjectInfo:
    return ObjectInfo(blob.name, str(blob.generation), blob.size, blob.content_type)


def _remaining(expires_at: datetime) -> timedelta:
    # With none left the URL is well-formed and refused as expired.
    return max(expires_at - datetime.now(UTC), timedelta())


def _attachment(filename: str) -> str:
    """RFC 6266: the name in ASCII, and behind it the real one where that differs."""
    plain = _NOT_FOR_A_QUOTED_NAME.sub("_", filename)
    header = f'attachment; filename="{plain}"'
    return header if plain == filename else f"{header}; filename*=UTF-8''{quote(filename, safe='')}"
