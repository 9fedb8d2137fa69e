"""Cursors of lists that are read by id: opaque to callers, one id inside."""

import base64
import binascii
from uuid import UUID

from shared.domain.errors import Invalid


def encode_cursor(id: str) -> str:
    """The cursor of the page behind the item with that UUID."""
    return base64.urlsafe_b64encode(id.encode()).decode()


def decode_cursor(cursor: str) -> str:
    """The id in a cursor; raises `Invalid` (code `cursor_invalid`) for anything not made here."""
    try:
        decoded = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
        return str(UUID(decoded))
    except (binascii.Error, ValueError) as error:
        raise Invalid("The cursor is not one of ours.", code="cursor_invalid") from error
