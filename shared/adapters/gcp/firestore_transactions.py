"""One try of a transaction: optimistic, without a lock that a killed writer would leave behind.

https://firebase.google.com/docs/firestore/transaction-data-contention
https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#precondition
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.adapters.gcp.firestore_calls import Calls, Client, Deadline, WriteMessage
from shared.adapters.gcp.firestore_values import decoded, encoded, is_live, legal_id
from shared.domain.errors import Conflict, Invalid
from shared.ports.documents import Document


class ReadAfterWriteError(RuntimeError):
    """The code read in a transaction after it had written; what it wrote is not to be seen yet."""


class FirestoreTransaction:
    """See the port. All reads are of the moment of the first, all writes are one commit.

    The commit is on condition that each document read is as it was read: of the same
    `update_time`, or still absent. A write that changes nothing keeps that time, which is harmless:
    the same time means the same content, and that is all the work has seen.
    """

    def __init__(self, client: Client, calls: Calls, now: datetime, deadline: Deadline) -> None:
        self._client = client
        self._calls = calls
        self._now = now
        self._deadline = deadline
        self._read_time: Any = None
        self._found: dict[str, Any] = {}
        self._writes: dict[str, Any] = {}

    def get(self, collection: str, id: str) -> Document | None:
        if self._writes:
            raise ReadAfterWriteError("all reads come before the first write")
        if not legal_id(id):
            return None
        found = self._read(self._client.name(collection, id))
        return document(found) if found is not None and is_live(found, self._now) else None

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        write = self._update(collection, id, data, expires_at)
        name = write.update.name
        if name in self._writes:
            if self._writes[name].HasField("update"):
                raise _exists()
        elif (found := self._read(name)) is not None and is_live(found, self._now):
            raise _exists()
        self._writes[name] = write

    def insert(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None
    ) -> None:
        """As `create`, but blind: what has expired and is not yet removed counts as existing."""
        write = self._update(collection, id, data, expires_at)
        write.current_document.exists = False
        self._writes[write.update.name] = write

    def set(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        write = self._update(collection, id, data, expires_at)
        self._writes[write.update.name] = write

    def delete(self, collection: str, id: str) -> None:
        if legal_id(id):
            name = self._client.name(collection, id)
            self._writes[name] = WriteMessage(delete=name)

    def commit(self) -> None:
        """Raises `NotAppliedError` when a document read has changed since.

        What was only read needs no commit: it is of one moment.
        """
        if not self._writes:
            return
        for name, found in self._found.items():
            write = self._writes.setdefault(name, _unchanged(name, found))
            if found is None:
                write.current_document.exists = False
            else:
                write.current_document.update_time.CopyFrom(found.update_time)
        self._calls.commit(list(self._writes.values()), self._deadline, has_read=bool(self._found))

    def _read(self, name: str) -> Any:  # noqa: ANN401
        if name not in self._found:
            self._found[name], read_time = self._calls.document(
                name, self._deadline, self._read_time
            )
            self._read_time = self._read_time or read_time
        return self._found[name]

    def _update(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None
    ) -> Any:  # noqa: ANN401
        if not legal_id(id):
            raise Invalid("No document can have this id.", code="document_refused")
        name = self._client.name(collection, id)
        return WriteMessage(update=encoded(name, data, expires_at, secrets.randbits(63)))


def document(message: Any) -> Document:  # noqa: ANN401
    """The port's document; its version is the time of its last write in nanoseconds."""
    return Document(
        id=message.name.rpartition("/")[2],
        data=decoded(message),
        version=str(message.update_time.ToNanoseconds()),
    )


def _unchanged(name: str, found: Any) -> Any:  # noqa: ANN401
    """A write that changes nothing, to carry the condition on a document that was only read.

    The API's client has no write that only verifies.
    """
    if found is None:
        return WriteMessage(delete=name)
    write = WriteMessage()
    write.update.name = name
    write.update_mask.SetInParent()
    return write


def _exists() -> Conflict:
    return Conflict("A document with this id exists.", code="already_exists")
