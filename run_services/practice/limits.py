"""How many attempts one learner, and one address, may begin."""

from dataclasses import dataclass
from datetime import timedelta

from shared.repositories.rate_limits import Rate, RateLimits

_PER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """New attempts and retries in a minute, together."""

    rates: RateLimits
    per_user: int
    per_address: int

    def take(self, user_id: str, address: str) -> None:
        """Count one attempt. Raises `RateLimited`."""
        self.rates.take(
            Rate(f"attempts user {user_id}", self.per_user, _PER),
            Rate(f"attempts address {address}", self.per_address, _PER),
        )
