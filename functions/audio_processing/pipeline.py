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
    kept_name,
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
from shared.domain.recording_choice import RecordingChoice
from shared.ports.clock import Clock
from shared.ports.events import Events
from shared.ports.objects import Objects
from shared.ports.transcriber import Transcribes
from shared.repositories.attempts import Attempts
from shared.repositories.features import FeatureStore
from shared.repositories.recording_choices import RecordingChoices
from shared.runtime import event_origin, metrics
from shared.runtime.stages import stage

_log = logging.getLogger(__name__)


class AudioProcessing:
    """Runs for `ObjectFinalized`; objects that belong to no attempt are left alone."""

    def __init__(
        self,
        attempts: Attempts,
        choices: RecordingChoices,
        recordings: Objects,
        features: FeatureStore,
        events: Events,
        transcriber: Transcribes,
        clock: Clock,
        *,
        lease: timedelta,
        keep_for: timedelta,
    ) -> None:
        self._attempts = attempts
        self._choices = choices
        self._recordings = recordings
        self._features = features
        self._events = events
        self._transcriber = transcriber
        self._clock = clock
        self._lease = lease
        self._keep_for = keep_for

    def analyse(self, event: ObjectFinalized) -> None:
        attempt_id = _attempt_id(event.name)
        if attempt_id is None:
            return
        recording = Recording(event.contentType, event.size, event.generation)
        attempt = self._claim(attempt_id, recording, event)
        if attempt is None:
            return
        try:
            analyzed = self._assess(attempt, recording, event.name)
        except StaleTransition:
            self._finish_again(attempt_id, event)
            return
        except AppError as error:
            if error.retryable:
                self._release(attempt, error)
            raise
        event_origin.record_age(metrics.UPLOAD_TO_ANALYZED, self._clock.now())
        self._publish(ATTEMPT_ANALYZED, analyzed)
        self._recordings.delete(event.name)

    def traceparent(self, event: ObjectFinalized) -> str | None:
        """The trace of the request for the upload: storage hands none on."""
        attempt_id = _attempt_id(event.name)
        return attempt_id and self._attempts.get(attempt_id).attempt.traceparent

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
            self._remove(event.name)
        except StaleTransition:
            self._finish_again(attempt_id, event)
        else:
            metrics.ATTEMPTS_FINISHED.record(1, {"rostrum.outcome": error.code})
            self._publish(ATTEMPT_FAILED, failed)
            self._remove(event.name)

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
            self._remove(event.name)
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
        if attempt.kept_until is None and attempt.status in ("analyzed", *FINAL):
            self._recordings.delete(_kept(event.name))
        if attempt.analysis is None and attempt.status == "failed":
            self._features.delete(attempt.user_id, attempt.id)

    def _assess(self, attempt: Attempt, recording: Recording, name: str) -> Attempt:
        if recording.bytes > MAX_RECORDING_BYTES:
            raise AttemptFailed("audio_too_large")
        self._transcriber.warm()
        try:
            with stage("read"):
                data = self._recordings.read(name, recording.generation)
        except NotFound as error:
            raise AttemptFailed("recording_lost") from error
        copied = self._copy(attempt, name)
        # NumPy, codecs and models: half of a cold start, and for nothing when an event is a repeat.
        from shared.speech.assess import assess  # noqa: PLC0415
        from shared.speech.stored_features import CONTENT_TYPE, pack  # noqa: PLC0415

        about = {"rostrum.attempt.id": attempt.id, "rostrum.attempt.kind": attempt.kind}
        with stage("assess", about):
            result = assess(
                data,
                kind=attempt.kind,
                language=attempt.prompt.language,
                reference=attempt.prompt.text,
                transcriber=self._transcriber,
                strictness=attempt.strictness or "standard",
            )
        with stage("store"):
            packed = pack(result.features)
            self._features.save(attempt.user_id, attempt.id, packed, CONTENT_TYPE)
        recording = replace(recording, codec=result.codec, duration_s=result.duration_s)
        now = self._clock.now()

        def record(current: Attempt, choice: RecordingChoice | None) -> Attempt:
            kept = copied and choice is not None and choice.covers(current.created_at)
            kept_until = now + self._keep_for if kept else None
            return record_analysis(current, recording, result.analysis, now, kept_until)

        recorded = self._attempts.update_by_choice(attempt.id, record)
        if copied and recorded.kept_until is None:
            self._recordings.delete(_kept(name))
        return recorded

    def _copy(self, attempt: Attempt, name: str) -> bool:
        """Whether there is a copy to keep, made if the learner wants one.

        Made before the recogniser is paid, and so that `kept_until` never names what is not there.
        """
        choice = self._choices.get(attempt.user_id)
        if choice is None or not choice.covers(attempt.created_at):
            return False
        try:
            self._recordings.copy(name, _kept(name))
        except NotFound:
            return False
        return True

    def _remove(self, name: str) -> None:
        _, user_id, attempt_id = name.split("/")
        self._recordings.delete(name)
        self._recordings.delete(_kept(name))
        self._features.delete(user_id, attempt_id)

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
        self._events.publish(topic, data)


def _attempt_id(name: str) -> str | None:
    """Of a recording as uploaded; None for all else, copies that are kept among it."""
    match name.split("/"):
        case ["attempts", _, attempt_id]:
            return attempt_id
    return None


def _kept(name: str) -> str:
    _, user_id, attempt_id = name.split("/")
    return kept_name(user_id, attempt_id)
