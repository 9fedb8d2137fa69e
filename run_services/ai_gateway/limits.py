"""How many calls may be made on behalf of one user."""

from dataclasses import dataclass
from datetime import timedelta

from shared.repositories.rate_limits import Rate, RateLimits

_PER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CallLimits:
    rates: RateLimits
    per_user: int

    def take(self, user_id: str) -> None:
        """Count one call. Raises `RateLimited`."""
        self.rates.take(Rate(f"ai_calls user {user_id}", self.per_user, _PER))
