"""The machine's clock."""

from datetime import UTC, datetime

from uuid6 import uuid7


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> str:
        return str(uuid7())
