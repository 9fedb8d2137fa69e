"""The objects behind the door: fake-gcs-server, over the JSON API."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from urllib.parse import quote

import httpx

from local.emulators.storage_door.refusals import RefusalError

_TIMEOUT_S = 30.0
_PASSED_ON = ("content-type", "content-length", "content-range", "etag", "x-goog-generation")


@cache
def build_client(url: str) -> httpx.Client:
    """A client of the fake-gcs-server at `url`."""
    return httpx.Client(base_url=url, timeout=_TIMEOUT_S)


class Buckets:
    """Reads and writes objects; raises `RefusalError` as Cloud Storage's XML API answers."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def put(
        self, path: tuple[str, str], data: bytes, content_type: str, generation_match: str | None
    ) -> str:
        """Create or replace the object (bucket, name); answers its new generation."""
        bucket, name = path
        boundary = secrets.token_hex()
        part = f"--{boundary}\r\nContent-Type: "
        metadata = json.dumps({"name": name, "contentType": content_type})
        head = f"{part}application/json\r\n\r\n{metadata}\r\n{part}{content_type}\r\n\r\n"
        # Of the ways to upload, this is the one whose precondition fake-gcs-server keeps.
        query = {"uploadType": "multipart"}
        if generation_match is not None:
            query["ifGenerationMatch"] = generation_match
        with _reached():
            response = self._client.post(
                f"/upload/storage/v1/b/{quote(bucket, safe='')}/o",
                params=query,
                content=head.encode() + data + f"\r\n--{boundary}--".encode(),
                headers={"Content-Type": f"multipart/related; boundary={boundary}"},
            )
        _check(response)
        return str(response.json()["generation"])

    def get(
        self, path: tuple[str, str], byte_range: str | None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Body, status and headers of the object, or of that range of it."""
        bucket, name = path
        with _reached():
            response = self._client.get(
                f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}",
                params={"alt": "media"},
                headers={"Range": byte_range} if byte_range else {},
            )
        _check(response)
        headers = {n: response.headers[n] for n in _PASSED_ON if n in response.headers}
        return response.content, response.status_code, headers


def _check(response: httpx.Response) -> None:
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise RefusalError(404, "NoSuchKey", "The specified key does not exist.")
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise RefusalError(
            412, "PreconditionFailed", "At least one of the pre-conditions does not hold."
        )
    if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise RefusalError(416, "InvalidRange", "The requested range cannot be satisfied.")
    if response.is_error:
        raise _unavailable()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise _unavailable() from error


def _unavailable() -> RefusalError:
    return RefusalError(503, "ServiceUnavailable", "Please reduce your request rate.")
