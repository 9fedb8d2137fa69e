"""What a learner can do with attempts. Another learner's attempt does not exist."""

import base64
import binascii
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from shared.domain.attempt import (
    FINAL,
    MAX_RECORDING_BYTES,
    UPLOAD_WINDOW,
    Attempt,
    Kind,
    Prompt,
    UploadTerms,
    object_name,
)
from shared.domain.documents import to_document
from shared.domain.errors import AppError, Conflict, Invalid, NotFound
from shared.domain.times import moment, timestamp
from shared.ports.clock import Clock
from shared.ports.objects import Objects
from shared.repositories.attempts import Attempts, StoredAttempt

_WORKERS_FIELDS = ("lease_until", "last_error", "traceparent")


@dataclass(frozen=True, slots=True)
class AttemptView:
    """The attempt as its owner sees it; `version` is None right after creation."""

    document: dict[str, Any]
    finished: bool
    version: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    items: list[AttemptView]
    next_cursor: str | None


class Practice:
    def __init__(self, attempts: Attempts, recordings: Objects, clock: Clock) -> None:
        self._attempts = attempts
        self._recordings = recordings
        self._clock = clock

    def create(
        self,
        user_id: str,
        kind: Kind,
        prompt: Prompt,
        *,
        content_type: str,
        declared_bytes: int | None,
        traceparent: str,
    ) -> AttemptView:
        """A new attempt that awaits its recording."""
        attempt = self._new(user_id, kind, prompt, traceparent)
        attempt = replace(attempt, upload=self._terms(content_type, declared_bytes))
        self._attempts.create(attempt)
        return self._view(attempt)

    def get(self, user_id: str, attempt_id: str) -> AttemptView:
        stored = self._own(user_id, attempt_id)
        return self._view(stored.attempt, stored.version)

    def list(self, user_id: str, cursor: str | None, limit: int) -> AttemptPage:
        """Newest first."""
        before = _decode_cursor(cursor) if cursor else None
        found = self._attempts.of_user(user_id, before=before, limit=limit + 1)
        page = found[:limit]
        more = len(found) > limit
        return AttemptPage(
            items=[self._view(stored.attempt, stored.version) for stored in page],
            next_cursor=_encode_cursor(page[-1].attempt.id) if more else None,
        )

    def delete(self, user_id: str, attempt_id: str) -> None:
        """Remove the attempt and its recording; a worker that still has it finds it gone."""
        stored = self._own(user_id, attempt_id)
        self._attempts.delete(stored.attempt.id)
        self._recordings.delete(object_name(user_id, stored.attempt.id))

    def retry(
        self,
        user_id: str,
        attempt_id: str,
        *,
        content_type: str | None,
        declared_bytes: int | None,
        traceparent: str,
    ) -> AttemptView:
        """A new attempt at the same prompt.

        When the old one failed through no fault of its recording, and that is still here, the
        new attempt takes it over and needs no upload.
        """
        old = self._own(user_id, attempt_id).attempt
        if old.status not in FINAL:
            raise Conflict("The attempt is not finished yet.", code="attempt_unfinished")
        new = self._new(user_id, old.kind, old.prompt, traceparent)
        new = replace(new, retry_of=old.id)
        recording = object_name(user_id, old.id)
        if old.failure and old.failure.retryable and self._recordings.stat(recording):
            self._attempts.create(new)
            try:
                self._recordings.copy(recording, object_name(user_id, new.id))
            except AppError:
                self._attempts.delete(new.id)
                raise
        else:
            had = old.upload or old.recording
            same_type = had.content_type if had else None
            if (wanted := content_type or same_type) is None:
                raise Invalid(
                    "Say which type the new recording has: recording.content_type.",
                    code="content_type_missing",
                )
            new = replace(new, upload=self._terms(wanted, declared_bytes))
            self._attempts.create(new)
        return self._view(new)

    def _own(self, user_id: str, attempt_id: str) -> StoredAttempt:
        stored = self._attempts.get(_as_id(attempt_id))
        if stored.attempt.user_id != user_id:
            raise NotFound("There is no such attempt.", code="attempt_not_found")
        return stored

    def _new(self, user_id: str, kind: Kind, prompt: Prompt, traceparent: str) -> Attempt:
        now = timestamp(self._clock.now())
        return Attempt(
            id=self._clock.new_id(),
            user_id=user_id,
            status="awaiting_upload",
            kind=kind,
            prompt=prompt,
            created_at=now,
            updated_at=now,
            traceparent=traceparent,
        )

    def _terms(self, content_type: str, declared_bytes: int | None) -> UploadTerms:
        expires_at = self._clock.now() + UPLOAD_WINDOW
        max_bytes = declared_bytes or MAX_RECORDING_BYTES
        return UploadTerms(content_type, max_bytes, timestamp(expires_at))

    def _view(self, attempt: Attempt, version: str | None = None) -> AttemptView:
        document = to_document(attempt)
        for name in _WORKERS_FIELDS:
            document.pop(name, None)
        document.get("recording", {}).pop("generation", None)
        terms = document.pop("upload", None)
        if terms and attempt.status == "awaiting_upload":
            signed = self._recordings.signed_upload(
                object_name(attempt.user_id, attempt.id),
                content_type=terms["content_type"],
                max_bytes=terms["max_bytes"],
                expires_at=moment(terms["expires_at"]),
            )
            document["upload"] = {
                "url": signed.url,
                "method": "PUT",
                "headers": dict(signed.headers),
                "max_bytes": terms["max_bytes"],
                "expires_at": terms["expires_at"],
            }
        return AttemptView(document, attempt.status in FINAL, version)


def _encode_cursor(attempt_id: str) -> str:
    return base64.urlsafe_b64encode(attempt_id.encode()).decode()


def _decode_cursor(cursor: str) -> str:
    try:
        decoded = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
        return str(UUID(decoded))
    except (binascii.Error, ValueError) as error:
        raise Invalid("The cursor is not one of ours.", code="cursor_invalid") from error


def _as_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise NotFound("There is no such attempt.", code="attempt_not_found") from error
