"""The cursors of lists: where a page ended, opaque to callers."""

import base64
import json

from shared.domain.errors import Invalid

Part = str | int | float


def encode(*parts: Part) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def decode(cursor: str, *kinds: type[Part]) -> list[Part]:
    """The parts, each of its kind; raises `Invalid` (`cursor_invalid`) for a cursor not ours."""
    try:
        parts = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    except ValueError as error:
        raise invalid() from error
    fits = isinstance(parts, list) and [type(part) for part in parts] == list(kinds)
    if not fits or any("\0" in part for part in parts if isinstance(part, str)):
        raise invalid()
    return list(parts)


def invalid() -> Invalid:
    return Invalid("The cursor is not one of ours.", code="cursor_invalid")
