"""What a learner can do with attempts. Another learner's attempt does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from run_services.practice.courses import Courses
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
from shared.domain.cursors import decode_cursor, encode_cursor
from shared.domain.documents import to_document
from shared.domain.errors import AppError, Conflict, Invalid, NotFound
from shared.domain.times import moment, timestamp
from shared.ports.clock import Clock
from shared.ports.objects import Objects
from shared.repositories.attempts import Attempts, StoredAttempt
from shared.repositories.idempotency import IdempotencyKeys

_WORKERS_FIELDS = ("lease_until", "last_error", "traceparent")


@dataclass(frozen=True, slots=True)
class OwnTask:
    """What a learner set themselves."""

    kind: Kind
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class CourseTask:
    """A course's prompt; without `version` the one published now."""

    course_id: str
    prompt_id: str
    version: int | None = None


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
    def __init__(
        self,
        attempts: Attempts,
        recordings: Objects,
        courses: Courses,
        keys: IdempotencyKeys,
        clock: Clock,
    ) -> None:
        self._attempts = attempts
        self._recordings = recordings
        self._courses = courses
        self._keys = keys
        self._clock = clock

    def create(
        self,
        user_id: str,
        task: OwnTask | CourseTask,
        *,
        content_type: str,
        declared_bytes: int | None,
        traceparent: str,
    ) -> AttemptView:
        """A new attempt that awaits its recording.

        Raises `NotFound` or `Unavailable` when a course's prompt cannot be had.
        """
        if isinstance(task, CourseTask):
            kind, prompt = self._courses.prompt(task.course_id, task.prompt_id, task.version)
        else:
            kind, prompt = task.kind, task.prompt
        attempt = self._new(user_id, kind, prompt, traceparent)
        attempt = replace(attempt, upload=self._terms(content_type, declared_bytes))
        self._attempts.create(attempt)
        return self._view(attempt, to_document(attempt))

    def get(self, user_id: str, attempt_id: str) -> AttemptView:
        return self._stored_view(self._own(user_id, attempt_id))

    def list(self, user_id: str, cursor: str | None, limit: int) -> AttemptPage:
        """Newest first."""
        before = decode_cursor(cursor) if cursor else None
        found = self._attempts.of_user(user_id, before=before, limit=limit + 1)
        page = found[:limit]
        more = len(found) > limit
        return AttemptPage(
            items=[self._stored_view(stored) for stored in page],
            next_cursor=encode_cursor(page[-1].attempt.id) if more else None,
        )

    def delete(self, user_id: str, attempt_id: str) -> None:
        """Remove the attempt, its recording and every answer that holds it.

        A worker that still has it finds it gone.
        """
        stored = self._own(user_id, attempt_id)
        self._attempts.delete(stored.attempt.id)
        self._recordings.delete(object_name(user_id, stored.attempt.id))
        self._keys.forget_answer(user_id, stored.attempt.id)

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
        return self._view(new, to_document(new))

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

    def _stored_view(self, stored: StoredAttempt) -> AttemptView:
        return self._view(stored.attempt, stored.document, stored.version)

    def _view(
        self, attempt: Attempt, stored: Mapping[str, Any], version: str | None = None
    ) -> AttemptView:
        document = {name: stored[name] for name in stored if name not in _WORKERS_FIELDS}
        if recording := document.get("recording"):
            document["recording"] = {n: recording[n] for n in recording if n != "generation"}
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


def _as_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise NotFound("There is no such attempt.", code="attempt_not_found") from error
