"""What a learner can do with attempts. Another learner's attempt does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from run_services.practice.courses import Courses
from run_services.practice.tasks import CourseTask, Task
from shared.domain.attempt import (
    FINAL,
    MAX_RECORDING_BYTES,
    UPLOAD_WINDOW,
    Attempt,
    UploadTerms,
    kept_name,
    object_name,
)
from shared.domain.cursors import decode_cursor, encode_cursor
from shared.domain.documents import to_document
from shared.domain.errors import AppError, Conflict, Invalid, NotFound, Unavailable
from shared.domain.times import moment, timestamp
from shared.ports.clock import Clock
from shared.ports.objects import WritableObjects
from shared.repositories.attempts import Attempts, StoredAttempt
from shared.repositories.features import FeatureStore
from shared.repositories.idempotency import IdempotencyKeys

_HIDDEN_FIELDS = ("lease_until", "last_error", "traceparent", "kept_until")
_DOWNLOAD_SLOT = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
        recordings: WritableObjects,
        features: FeatureStore,
        courses: Courses,
        keys: IdempotencyKeys,
        clock: Clock,
    ) -> None:
        self._attempts = attempts
        self._recordings = recordings
        self._features = features
        self._courses = courses
        self._keys = keys
        self._clock = clock

    def create(
        self,
        user_id: str,
        task: Task | CourseTask,
        *,
        content_type: str,
        declared_bytes: int | None,
        traceparent: str,
    ) -> AttemptView:
        """A new attempt that awaits its recording.

        Raises `NotFound` or `Unavailable` when a course's prompt cannot be had.
        """
        if isinstance(task, CourseTask):
            task = self._courses.task(task)
        attempt = self._new(user_id, task, traceparent)
        attempt = replace(attempt, upload=self._terms(content_type, declared_bytes))
        self._attempts.create(attempt)
        return self._view(attempt, to_document(attempt))

    def get(self, user_id: str, attempt_id: str) -> AttemptView:
        """With a link to a recording that is kept, if it can be signed, as part of the version."""
        stored = self._own(user_id, attempt_id)
        view = self._stored_view(stored)
        expires_at = self._download_until(stored.attempt)
        if expires_at is None:
            return view
        name = kept_name(user_id, stored.attempt.id)
        try:
            url = self._recordings.signed_download(name, expires_at=expires_at)
        except Unavailable:
            return view  # the result is worth more than the link
        view.document["recording"] |= {"url": url, "url_expires_at": timestamp(expires_at)}
        return replace(view, version=f"{stored.version}.{int(expires_at.timestamp())}")

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
        """Remove the attempt, its recording, kept or not, features, and every answer that holds it.

        The attempt goes last, so that a repeat finishes what a failure left undone; then once
        more what a worker wrote meanwhile. A worker that still has it finds it gone.
        """
        attempt = self._own(user_id, attempt_id).attempt
        self._keys.forget_answer(user_id, attempt.id)
        self._remove_objects(attempt)
        self._attempts.delete(attempt.id)
        self._remove_objects(attempt)

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
        new = self._new(user_id, Task(old.kind, old.prompt, old.strictness), traceparent)
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

    def _remove_objects(self, attempt: Attempt) -> None:
        self._recordings.delete(object_name(attempt.user_id, attempt.id))
        self._recordings.delete(kept_name(attempt.user_id, attempt.id))
        self._features.delete(attempt.user_id, attempt.id)

    def _own(self, user_id: str, attempt_id: str) -> StoredAttempt:
        stored = self._attempts.get(_as_id(attempt_id))
        if stored.attempt.user_id != user_id:
            raise NotFound("There is no such attempt.", code="attempt_not_found")
        return stored

    def _new(self, user_id: str, task: Task, traceparent: str) -> Attempt:
        now = timestamp(self._clock.now())
        return Attempt(
            id=self._clock.new_id(),
            user_id=user_id,
            status="awaiting_upload",
            kind=task.kind,
            prompt=task.prompt,
            strictness=(task.strictness or "standard") if task.kind == "read_aloud" else None,
            created_at=now,
            updated_at=now,
            traceparent=traceparent,
        )

    def _terms(self, content_type: str, declared_bytes: int | None) -> UploadTerms:
        expires_at = self._clock.now() + UPLOAD_WINDOW
        max_bytes = declared_bytes or MAX_RECORDING_BYTES
        return UploadTerms(content_type, max_bytes, timestamp(expires_at))

    def _download_until(self, attempt: Attempt) -> datetime | None:
        """Between a quarter and half an hour ahead: within one quarter the same for all reads."""
        now = self._clock.now()
        if attempt.kept_until is None or (kept_until := moment(attempt.kept_until)) <= now:
            return None
        begun = (now - _EPOCH) // _DOWNLOAD_SLOT
        return min(kept_until, _EPOCH + (begun + 2) * _DOWNLOAD_SLOT)

    def _stored_view(self, stored: StoredAttempt) -> AttemptView:
        return self._view(stored.attempt, stored.document, stored.version)

    def _view(
        self, attempt: Attempt, stored: Mapping[str, Any], version: str | None = None
    ) -> AttemptView:
        document = {name: stored[name] for name in stored if name not in _HIDDEN_FIELDS}
        if recording := document.get("recording"):
            shown = {n: recording[n] for n in recording if n != "generation"}
            document["recording"] = {**shown, "kept_until": attempt.kept_until}
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
