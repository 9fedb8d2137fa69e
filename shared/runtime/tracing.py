"""The trace this work belongs to, as W3C Trace Context (https://www.w3.org/TR/trace-context/)."""

import re
import secrets
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def adopt(traceparent: str | None) -> str:
    """Continue the given trace with a span of our own, or start one; answer our traceparent."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    trace_id = match[1] if match and match[1] != "0" * 32 else secrets.token_hex(16)
    ours = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    _current.set(ours)
    return ours


def traceparent() -> str:
    """The header or attribute to send along with outgoing calls and events."""
    return _current.get() or adopt(None)


def trace_id() -> str:
    """32 hex digits: the same from recording to feedback."""
    return traceparent().split("-")[1]
