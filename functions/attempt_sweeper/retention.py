"""Recordings kept by choice go when their time is over, or the choice is withdrawn."""

from contextlib import suppress
from functools import partial

from shared.domain.attempt import StaleTransition, keep_no_longer, kept_name
from shared.domain.errors import NotFound
from shared.domain.recording_choice import RecordingChoice
from shared.domain.times import timestamp
from shared.ports.clock import Clock
from shared.ports.objects import WritableObjects
from shared.repositories.attempts import Attempts
from shared.repositories.recording_choices import RecordingChoices

_BATCH = 200
_LEARNERS = 50


class Retention:
    """The object goes before its mention, so that a repeat finishes what a kill left undone."""

    def __init__(
        self,
        attempts: Attempts,
        choices: RecordingChoices,
        recordings: WritableObjects,
        clock: Clock,
    ) -> None:
        self._attempts = attempts
        self._choices = choices
        self._recordings = recordings
        self._clock = clock

    def sweep(self) -> None:
        now = timestamp(self._clock.now())
        for choice in self._choices.withdrawn(self._clock.now(), limit=_LEARNERS):
            self._remove_withdrawn(choice)
        for attempt in self._attempts.kept_no_longer_than(now, limit=_BATCH):
            self._remove(attempt.user_id, attempt.id)

    def _remove_withdrawn(self, withdrawal: RecordingChoice) -> None:
        user_id = withdrawal.user_id
        kept = self._recordings.under(kept_name(user_id, ""))
        # Read after the list: what a choice made since then covers, it covers here, too.
        choice = self._choices.get(user_id)
        for info in kept:
            attempt_id = info.name.rpartition("/")[2]
            if choice is None or not self._is_covered(attempt_id, choice):
                self._remove(user_id, attempt_id)
        self._choices.removed(withdrawal)

    def _is_covered(self, attempt_id: str, choice: RecordingChoice) -> bool:
        try:
            return choice.covers(self._attempts.get(attempt_id).attempt.created_at)
        except NotFound:
            return False

    def _remove(self, user_id: str, attempt_id: str) -> None:
        self._recordings.delete(kept_name(user_id, attempt_id))
        with suppress(NotFound, StaleTransition):
            self._attempts.update(attempt_id, partial(keep_no_longer, now=self._clock.now()))
