"""When the chain of events this work belongs to began: for an attempt, with its uploaded recording.

Each event hands it on to those published while it is handled, so that the last can tell how long
all of them took.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from shared.runtime.metrics import Instrument

ATTRIBUTE = "origin_time"
_current: ContextVar[datetime | None] = ContextVar("origin", default=None)


@contextmanager
def handling(attributes: Mapping[str, str], event_time: str | None) -> Iterator[None]:
    """Around the handling of an event with these attributes, which happened at that time."""
    token = _current.set(_moment(attributes.get(ATTRIBUTE)) or _moment(event_time))
    try:
        yield
    finally:
        _current.reset(token)


def attributes() -> dict[str, str]:
    """What an event published here carries."""
    origin = _current.get()
    return {} if origin is None else {ATTRIBUTE: origin.isoformat()}


def record_age(instrument: Instrument, now: datetime) -> None:
    """Record the seconds since the chain began, where that is known."""
    if (origin := _current.get()) is not None:
        instrument.record(max(0.0, (now - origin).total_seconds()))


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
