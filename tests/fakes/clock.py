"""A clock that stands still until told to move."""

from datetime import UTC, datetime, timedelta
from itertools import count


class StillClock:
    def __init__(self) -> None:
        self._now = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
        self._ids = count(1)

    def now(self) -> datetime:
        return self._now

    def new_id(self) -> str:
        return f"{next(self._ids):032x}"

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
