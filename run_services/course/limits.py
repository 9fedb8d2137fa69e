"""How many files and packages one user, and one address, may bring."""

from dataclasses import dataclass
from datetime import timedelta

from shared.repositories.rate_limits import Rate, RateLimits

_PER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Media and packages in a minute, together."""

    rates: RateLimits
    per_user: int
    per_address: int

    def take(self, user_id: str, address: str) -> None:
        """Count one upload. Raises `RateLimited`."""
        self.rates.take(
            Rate(f"uploads user {user_id}", self.per_user, _PER),
            Rate(f"uploads address {address}", self.per_address, _PER),
        )
