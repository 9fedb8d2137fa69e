"""An analyzed attempt gets its feedback."""

from functools import partial

from shared.domain.attempt import FINAL, Attempt, StaleTransition, complete, fail
from shared.domain.documents import to_document
from shared.domain.errors import AttemptFailed, Invalid, NotFound, TooLarge, Unprocessable
from shared.domain.events import ATTEMPT_COMPLETED, ATTEMPT_FAILED, AttemptChanged
from shared.ports.clock import Clock
from shared.ports.events import Events
from shared.repositories.attempts import Attempts
from shared.runtime import event_origin, metrics

from .ai_gateway import AiGateway

_TASK_VERSION = 1


class FeedbackWriter:
    """Runs for `AttemptChanged`; what is not `analyzed` (any more) is left as it is."""

    def __init__(
        self, attempts: Attempts, events: Events, ai_gateway: AiGateway, clock: Clock
    ) -> None:
        self._attempts = attempts
        self._events = events
        self._ai_gateway = ai_gateway
        self._clock = clock

    def write(self, event: AttemptChanged) -> None:
        try:
            attempt = self._attempts.get(event.attempt_id).attempt
        except NotFound:
            return
        if attempt.status == "analyzed":
            attempt = self._complete(attempt)
        if attempt.status in FINAL:
            # Also for a repeat: the first worker may have been killed before it said so.
            self._announce(attempt)

    def fail(self, event: AttemptChanged, error: AttemptFailed) -> None:
        failed = self._attempts.update(
            event.attempt_id, partial(fail, code=error.code, now=self._clock.now())
        )
        metrics.ATTEMPTS_FINISHED.record(1, {"rostrum.outcome": error.code})
        self._announce(failed)

    def _complete(self, attempt: Attempt) -> Attempt:
        document = to_document(attempt)
        inputs = {name: document[name] for name in ("kind", "prompt", "analysis")}
        inputs["language"] = attempt.prompt.language
        key = f"{attempt.id}:feedback:{_TASK_VERSION}"
        try:
            feedback = self._ai_gateway.write_feedback(key, attempt.user_id, inputs)
        except (Invalid, TooLarge, Unprocessable) as error:
            raise AttemptFailed("feedback_unavailable") from error
        try:
            completed = self._attempts.update(
                attempt.id, partial(complete, feedback=feedback, now=self._clock.now())
            )
        except StaleTransition:
            # Another worker was faster. It may be killed before it says so, and this event is done.
            return self._attempts.get(attempt.id).attempt
        metrics.ATTEMPTS_FINISHED.record(1, {"rostrum.outcome": completed.status})
        event_origin.record_age(metrics.UPLOAD_TO_COMPLETED, self._clock.now())
        return completed

    def _announce(self, attempt: Attempt) -> None:
        data = to_document(AttemptChanged(attempt.id, attempt.user_id))
        topic = ATTEMPT_COMPLETED if attempt.status == "completed" else ATTEMPT_FAILED
        self._events.publish(topic, data)
