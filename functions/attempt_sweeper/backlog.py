"""How many attempts are unfinished, and for how long the oldest has waited, as metrics."""

from typing import Final, get_args

from shared.domain.attempt import FINAL, Status
from shared.domain.times import moment, timestamp
from shared.ports.clock import Clock
from shared.repositories.attempts import Attempts
from shared.runtime import metrics

_UNFINISHED: Final[list[Status]] = [status for status in get_args(Status) if status not in FINAL]
_COUNTED: Final = 10_000


class Backlog:
    """Costs three counts by index and three reads of one document."""

    def __init__(self, attempts: Attempts, clock: Clock) -> None:
        self._attempts = attempts
        self._clock = clock

    def observe(self) -> None:
        now = self._clock.now()
        for status in _UNFINISHED:
            labels = {"rostrum.attempt.status": status}
            oldest = self._attempts.untouched_since(status, timestamp(now), limit=1)
            waited = [(now - moment(attempt.updated_at)).total_seconds() for attempt in oldest]
            metrics.ATTEMPTS_UNFINISHED.record(self._attempts.count(status, up_to=_COUNTED), labels)
            metrics.ATTEMPTS_OLDEST.record(max(waited, default=0.0), labels)
