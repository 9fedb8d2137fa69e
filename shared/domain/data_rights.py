"""A user's rights over their data: an export of everything, and erasure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ExportStatus = Literal["pending", "ready", "failed"]
# What takes longer has been given up.
EXPORT_WITHIN = timedelta(days=1)
# No access token outlives its user by more: its lifetime is 15 minutes.
TOKENS_END_AFTER = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Export:
    """One export asked for; `bytes` is known once it is ready."""

    id: str
    user_id: str
    status: ExportStatus
    requested_at: datetime
    finished_at: datetime | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """Unfinished until every store was emptied after the user's last access token had ended."""

    user_id: str
    requested_at: datetime
    finished_at: datetime | None = None


def export_object(user_id: str, export_id: str) -> str:
    """Where an export lies in the exports bucket."""
    return f"{user_id}/{export_id}.zip"


def exports_of(user_id: str) -> str:
    """What the names of all of a user's exports begin with."""
    return f"{user_id}/"


def ledger_object(user_id: str) -> str:
    """Where an erasure stands in the ledger bucket."""
    return f"{LEDGER}{user_id}.json"


LEDGER = "erasures/"
