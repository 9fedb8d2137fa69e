"""One try of a transaction: reads go to Firestore, writes wait for the end."""

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
    """See the port. Begins with its first read, so that writing alone costs one call.

    `retried` is the transaction whose place this one takes, or empty; `id` is empty until begun.
    """

    def __init__(
        self, client: Client, calls: Calls, now: datetime, deadline: Deadline, retried: bytes
    ) -> None:
        self.id = b""
        self._client = client
        self._calls = calls
        self._now = now
        self._deadline = deadline
        self._retried = retried
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
        elif (found := self._read(name)) is None:
            write.current_document.exists = False
        elif is_live(found, self._now):
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
        if self._writes or self.id:
            self._calls.commit(list(self._writes.values()), self.id, self._deadline)

    def rollback(self) -> None:
        if self.id:
            self._calls.rollback(self.id)

    def _read(self, name: str) -> Any:  # noqa: ANN401
        found, self.id = self._calls.document_in(self.id, self._retried, name, self._deadline)
        return found

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


def _exists() -> Conflict:
    return Conflict("A document with this id exists.", code="already_exists")
