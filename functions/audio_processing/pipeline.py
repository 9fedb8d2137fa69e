"""A finished upload becomes an analysis."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

from shared.domain.attempt import (
    FINAL,
    MAX_RECORDING_BYTES,
    Attempt,
    Recording,
    StaleTransition,
    fail_recording,
    record_analysis,
    release,
    start_processing,
)
from shared.domain.documents import to_document
from shared.domain.errors import AppError, AttemptFailed, NotFound, Unavailable
from shared.domain.events import (
    ATTEMPT_ANALYZED,
    ATTEMPT_FAILED,
    AttemptChanged,
    ObjectFinalized,
)
from shared.ports.clock import Clock
from shared.ports.events import Events
from shared.ports.objects import Objects
from shared.ports.transcriber import Transcribes
from shared.repositories.attempts import Attempts
from shared.runtime import tracing
from shared.speech.assess import assess

_log = logging.getLogger(__name__)


class AudioProcessing:
    """Runs for `ObjectFinalized`; objects that belong to no attempt are left alone."""

    def __init__(
        self,
        attempts: Attempts,
        recordings: Objects,
        events: Events,
        transcriber: Transcribes,
        clock: Clock,
        *,
        lease: timedelta,
    ) -> None:
        self._attempts = attempts
        self._recordings = recordings
        self._events = events
        self._transcriber = transcriber
        self._clock = clock
        self._lease = lease

    def analyse(self, event: ObjectFinalized) -> None:
        attempt_id = _attempt_id(event.name)
        if attempt_id is None:
            return
        recording = Recording(event.contentType, event.size, event.generation)
        attempt = self._claim(attempt_id, recording, event)
        if attempt is None:
            return
        tracing.adopt(attempt.traceparent)
        try:
            analyzed = self._assess(attempt, recording, event.name)
        except AppError as error:
            if error.retryable:
                self._release(attempt, error)
            raise
        self._publish(ATTEMPT_ANALYZED, analyzed)
        self._recordings.delete(event.name)

    def fail(self, event: ObjectFinalized, error: AttemptFailed) -> None:
        attempt_id = _attempt_id(event.name)
        if attempt_id is None:
            return
        now = self._clock.now()
        try:
            failed = self._attempts.update(
                attempt_id,
                partial(fail_recording, generation=event.generation, code=error.code, now=now),
            )
        except NotFound:
            self._recordings.delete(event.name)
        except StaleTransition:
            self._finish_again(attempt_id, event)
        else:
            self._publish(ATTEMPT_FAILED, failed)
            self._recordings.delete(event.name)

    def _claim(
        self, attempt_id: str, recording: Recording, event: ObjectFinalized
    ) -> Attempt | None:
        """The attempt, claimed; None when this event has nothing left to do."""
        now = self._clock.now()
        try:
            return self._attempts.update(
                attempt_id,
                partial(start_processing, recording=recording, now=now, lease=self._lease),
            )
        except NotFound:
            self._recordings.delete(event.name)
            return None
        except StaleTransition as error:
            if error.code == "lease_held":
                raise Unavailable("Another worker is at it.", code="lease_held") from error
            self._finish_again(attempt_id, event)
            return None

    def _finish_again(self, attempt_id: str, event: ObjectFinalized) -> None:
        """Repeat what a worker killed after its result may have left undone."""
        attempt = self._attempts.get(attempt_id).attempt
        if attempt.status == "analyzed":
            self._publish(ATTEMPT_ANALYZED, attempt)
        elif attempt.status == "failed":
            self._publish(ATTEMPT_FAILED, attempt)
        kept_for_retry = attempt.failure is not None and attempt.failure.retryable
        if attempt.status == "analyzed" or (attempt.status in FINAL and not kept_for_retry):
            self._recordings.delete(event.name)

    def _assess(self, attempt: Attempt, recording: Recording, name: str) -> Attempt:
        if recording.bytes > MAX_RECORDING_BYTES:
            raise AttemptFailed("audio_too_large")
        try:
            data = self._recordings.read(name, recording.generation)
        except NotFound as error:
            raise AttemptFailed("recording_lost") from error
        result = assess(
            data,
            kind=attempt.kind,
            language=attempt.prompt.language,
            reference=attempt.prompt.text,
            transcriber=self._transcriber,
        )
        recording = replace(recording, codec=result.codec, duration_s=result.duration_s)
        now = self._clock.now()
        return self._attempts.update(
            attempt.id,
            lambda current: record_analysis(current, recording, result.analysis, now),
        )

    def _release(self, claimed: Attempt, error: AppError) -> None:
        lease, now = claimed.lease_until, self._clock.now()
        try:
            self._attempts.update(
                claimed.id, partial(release, lease_until=lease, error_code=error.code, now=now)
            )
        except AppError:
            _log.warning("claim not released; it ends with its lease")

    def _publish(self, topic: str, attempt: Attempt) -> None:
        data = to_document(AttemptChanged(attempt.id, attempt.user_id))
        self._events.publish(topic, data, {"traceparent": tracing.traceparent()})


def _attempt_id(name: str) -> str | None:
    match name.split("/"):
        case ["attempts", _, attempt_id]:
            return attempt_id
    return None
