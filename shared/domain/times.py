"""Times as the documents carry them."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(timestamp: str) -> datetime:
    """The inverse of `timestamp`; raises `ValueError` for anything else."""
    return datetime.fromisoformat(timestamp)
