"""Resumable upload sessions.

https://cloud.google.com/storage/docs/performing-resumable-uploads#xml-api
"""

import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from local.emulators.storage_door.buckets import Buckets
from local.emulators.storage_door.refusals import RefusalError, incomplete, too_large
from local.emulators.storage_door.verification import Terms

_CONTENT_RANGE: Final = re.compile(r"bytes (?:(?P<first>\d+)-(?P<last>\d+)|\*)/(?P<total>\d+|\*)")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bytes are safe, and the object's generation once it is made."""

    received_bytes: int
    generation: str | None = None


class SessionId(NamedTuple):
    bucket: str
    name: str
    secret: str


@dataclass
class _Session:
    terms: Terms
    data: bytearray = field(default_factory=bytearray)
    done: Progress | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sessions:
    """Uploads in parts; in memory, so they end with the process."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets
        self._open: dict[SessionId, _Session] = {}

    def open(self, bucket: str, name: str, terms: Terms) -> SessionId:
        session_id = SessionId(bucket, name, secrets.token_urlsafe(32))
        self._open[session_id] = _Session(terms)
        return session_id

    def cancel(self, session_id: SessionId) -> None:
        self._open.pop(session_id, None)

    def receive(
        self, session_id: SessionId, content_range: str | None, chunks: Iterator[bytes]
    ) -> Progress:
        """Take the body of a PUT, or answer how far the session is (a range `bytes */N`).

        What arrived of a body that breaks off stays. Bytes that are here already are passed over,
        so a part may be sent again. A finished session answers the same to every repeat.
        """
        session = self._open.get(session_id)
        if session is None:
            raise RefusalError(404, "NoSuchUpload", "The requested upload was not found.")
        if session.done is not None:
            return session.done
        position, total = 0, None
        if content_range is not None:
            match = _CONTENT_RANGE.fullmatch(content_range)
            if match is None:
                raise RefusalError(400, "InvalidArgument", "The Content-Range is malformed.")
            total = None if match["total"] == "*" else int(match["total"])
            position = int(match["first"] or 0)
        largest = session.terms.max_bytes
        if largest is not None and total is not None and total > largest:
            self.cancel(session_id)
            raise too_large()
        for chunk in chunks:
            if not _append(session, position, chunk):
                self.cancel(session_id)
                raise too_large()
            position += len(chunk)
        if content_range is None:
            total = position
        elif match and match["last"] and position != int(match["last"]) + 1:
            raise incomplete()
        return self._progress(session_id, session, total)

    def _progress(self, session_id: SessionId, session: _Session, total: int | None) -> Progress:
        with session.lock:
            if session.done is None and len(session.data) != total:
                return Progress(len(session.data))
            if session.done is None:
                session.done = self._finish(session_id, session)
            return session.done

    def _finish(self, session_id: SessionId, session: _Session) -> Progress:
        terms = session.terms
        if len(session.data) < terms.min_bytes:
            self.cancel(session_id)
            raise RefusalError(400, "EntityTooSmall", "The upload is smaller than allowed.")
        try:
            generation = self._buckets.put(
                session_id[:2], bytes(session.data), terms.content_type, terms.generation_match
            )
        except RefusalError as refusal:
            if refusal.code == "PreconditionFailed":
                self.cancel(session_id)
            raise
        done = Progress(len(session.data), generation)
        session.data.clear()
        return done


def _append(session: _Session, position: int, chunk: bytes) -> bool:
    """Whether it still fits; raises where bytes before `position` are missing."""
    with session.lock:
        if session.done is not None:
            return True
        missing = position - len(session.data)
        if missing > 0:
            raise RefusalError(400, "InvalidArgument", f"{missing} bytes before these are missing.")
        session.data += chunk[-missing:] if missing else chunk
        largest = session.terms.max_bytes
        return largest is None or len(session.data) <= largest
