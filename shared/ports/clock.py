"""Time and ids, so that tests can hold them still."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def new_id(self) -> str:
        """A fresh UUIDv7 (RFC 9562): text order is the order of creation."""
