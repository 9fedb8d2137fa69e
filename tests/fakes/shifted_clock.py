"""The machine's clock, set ahead."""

from datetime import datetime, timedelta

from shared.adapters.embedded.clock import SystemClock


class ShiftedClock(SystemClock):
    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by
