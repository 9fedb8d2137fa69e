"""A learner's side of the API: what the demo, the tests and the benchmarks do over HTTP."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx

_POLL_S = 0.2
_CONTENT_TYPES = {
    ".webm": "audio/webm",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
    ".aac": "audio/aac",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
}
# What Cloud Storage answers in XML, in the words of this API:
# https://cloud.google.com/storage/docs/xml-api/reference-status
_STORAGE_CODES = {
    "EntityTooLarge": "upload_too_large",
    "ExpiredToken": "url_expired",
    "MalformedSecurityHeader": "url_signature_invalid",
    "NoSuchKey": "object_not_found",
    "PreconditionFailed": "already_uploaded",
    "SignatureDoesNotMatch": "url_signature_invalid",
}
_STORAGE_CODE = re.compile(r"<Code>(\w+)</Code>")
Json = dict[str, Any]


class ApiError(RuntimeError):
    """The API, or the store behind a signed URL, refused.

    `problem` is the RFC 9457 document, of Cloud Storage's refusals its `code` alone, or empty.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem = _problem(response)
        super().__init__(str(self.problem.get("detail") or f"The API answered {self.status}."))


class Client:
    """Calls with one learner's token. Raises `ApiError` for every refusal."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def create(self, audio: Path, *, text: str | None, question: str | None = None) -> Json:
        """A new attempt: read_aloud with a text, free_speech without."""
        prompt = {"text": text} if text else {"question": question} if question else {}
        body = {
            "kind": "read_aloud" if text else "free_speech",
            "prompt": prompt,
            "recording": {"content_type": content_type(audio)},
        }
        return self._json(self.http.post("/v1/attempts", json=body))

    def upload(self, attempt: Json, data: bytes) -> None:
        """PUT the recording exactly as the attempt's upload terms say; needs no token."""
        terms = attempt["upload"]
        response = httpx.put(terms["url"], content=data, headers=terms["headers"], timeout=60)
        if response.is_error:
            raise ApiError(response)

    def get(self, attempt_id: str) -> Json:
        return self._json(self.http.get(f"/v1/attempts/{attempt_id}"))

    def retry(self, attempt_id: str) -> Json:
        return self._json(self.http.post(f"/v1/attempts/{attempt_id}/retry"))

    def watch(self, attempt_id: str, timeout_s: float) -> Iterator[Json]:
        """The attempt again and again until it is final. Raises `TimeoutError`."""
        deadline = time.monotonic() + timeout_s
        while True:
            attempt = self.get(attempt_id)
            yield attempt
            if attempt["status"] in ("completed", "failed"):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"The attempt is still {attempt['status']}.")
            time.sleep(_POLL_S)

    @staticmethod
    def _json(response: httpx.Response) -> Json:
        if response.is_error:
            raise ApiError(response)
        body: Json = response.json()
        return body


def _problem(response: httpx.Response) -> Json:
    content_type = response.headers.get("Content-Type", "")
    if content_type.startswith("application/problem"):
        problem: Json = response.json()
        return problem
    named = _STORAGE_CODE.search(response.text) if "xml" in content_type else None
    code = _STORAGE_CODES.get(named[1]) if named else None
    return {"code": code} if code else {}


def content_type(audio: Path) -> str:
    """The media type a browser would give the file; unknown endings count as WAV."""
    return _CONTENT_TYPES.get(audio.suffix.lower(), "audio/wav")
