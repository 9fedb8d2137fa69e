"""Nothing stays unfinished for ever: stale attempts end with a named failure.

Nor is a recording kept for longer than its learner was told.
"""

import logging
from datetime import timedelta

from shared.domain.attempt import (
    UPLOAD_WINDOW,
    Attempt,
    StaleTransition,
    Status,
    fail,
    kept_name,
    object_name,
)
from shared.domain.documents import to_document
from shared.domain.errors import NotFound
from shared.domain.events import ATTEMPT_FAILED, AttemptChanged, SweepDue
from shared.domain.failure import FAILURES
from shared.domain.times import timestamp
from shared.ports.clock import Clock
from shared.ports.events import Events
from shared.ports.objects import Objects
from shared.repositories.attempts import Attempts
from shared.repositories.features import FeatureStore
from shared.runtime import metrics, tracing

from .backlog import Backlog
from .retention import Retention

_log = logging.getLogger(__name__)
_BATCH = 200


class AttemptSweeper:
    """Runs for `SweepDue`. `last_error` of a stale attempt names its failure where it can."""

    def __init__(
        self,
        attempts: Attempts,
        recordings: Objects,
        features: FeatureStore,
        events: Events,
        clock: Clock,
        retention: Retention,
        *,
        upload_grace: timedelta,
        queued_for: timedelta,
        stale_after: timedelta,
    ) -> None:
        self._attempts = attempts
        self._recordings = recordings
        self._features = features
        self._queued_for = queued_for
        self._events = events
        self._clock = clock
        self._retention = retention
        self._backlog = Backlog(attempts, clock)
        self._limits: dict[Status, tuple[timedelta, str]] = {
            "awaiting_upload": (UPLOAD_WINDOW + upload_grace, "upload_expired"),
            "processing": (stale_after, "processing_timeout"),
            "analyzed": (stale_after, "feedback_unavailable"),
        }

    def sweep(self, _: SweepDue) -> None:
        for status, (patience, code) in self._limits.items():
            deadline = timestamp(self._clock.now() - patience)
            for attempt in self._attempts.untouched_since(status, deadline, limit=_BATCH):
                if not self._waits_its_turn(attempt):
                    self._end(attempt, code, deadline)
        self._retention.sweep()
        self._backlog.observe()

    def _waits_its_turn(self, attempt: Attempt) -> bool:
        """Whether its recording has come: after an outage or in a rush the event may take long."""
        if attempt.status != "awaiting_upload":
            return False
        waiting_since = timestamp(self._clock.now() - self._queued_for)
        name = object_name(attempt.user_id, attempt.id)
        return attempt.updated_at > waiting_since and self._recordings.stat(name) is not None

    def _end(self, attempt: Attempt, code: str, deadline: str) -> None:
        if attempt.last_error in FAILURES:
            code = attempt.last_error
        elif self._recordings.stat(object_name(attempt.user_id, attempt.id)) is not None:
            code = "processing_timeout"

        def end(current: Attempt) -> Attempt:
            if current.status != attempt.status or current.updated_at > deadline:
                raise StaleTransition("The attempt has moved on.")
            return fail(current, code, self._clock.now())

        try:
            failed = self._attempts.update(attempt.id, end)
        except (NotFound, StaleTransition):
            return
        metrics.ATTEMPTS_FINISHED.record(1, {"rostrum.outcome": code})
        data = to_document(AttemptChanged(failed.id, failed.user_id))
        context = tracing.remote({tracing.TRACEPARENT: attempt.traceparent})
        with tracing.span("end stale attempt", {"rostrum.outcome": code}, context=context):
            _log.warning("stale attempt ended: %s", code, extra={"attempt_id": attempt.id})
            self._events.publish(ATTEMPT_FAILED, data)
        if failed.kept_until is None:
            # A worker that was killed may have left a copy, and features, too.
            self._recordings.delete(kept_name(failed.user_id, failed.id))
        if failed.analysis is None:
            self._features.delete(failed.user_id, failed.id)
