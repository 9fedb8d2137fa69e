"""Which sounds of a learner recur over their latest readings."""

from dataclasses import dataclass

from shared.domain.recurring_phones import PhoneOverAttempts, recurring_over_attempts
from shared.repositories.attempts import Attempts


@dataclass(frozen=True, slots=True)
class RecurringPhones:
    """`attempts` is how many readings had words to count; `phones` the surest first."""

    attempts: int
    phones: tuple[PhoneOverAttempts, ...]


class Pronunciation:
    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts

    def recurring_phones(self, user_id: str, attempts: int) -> RecurringPhones:
        """Over the latest `attempts` readings, those of them that are measured."""
        measured = [
            (attempt.id, attempt.analysis.words)
            for attempt in self._attempts.latest_readings(user_id, limit=attempts)
            if attempt.analysis is not None and attempt.analysis.strictness is not None
        ]
        return RecurringPhones(len(measured), recurring_over_attempts(measured))
