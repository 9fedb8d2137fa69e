"""The ports of a worker, each side effect between two points at which it may be killed."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from bench.faults.kill_points import Journal, KillPoints
from shared.ports.documents import Document, Documents, Transaction
from shared.ports.events import DeadLetter, Events
from shared.ports.language_model import LanguageModel, ModelAnswer, ModelRequest
from shared.ports.objects import ObjectInfo, SignedUpload, WritableObjects
from shared.runtime.service_client import ServiceClient

T = TypeVar("T")
_FINAL = ("completed", "failed")


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document: two readings of one that never changes have the same."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


class UnsteadyDocuments:
    """`Documents`; the journal gets every final attempt that is written or read.

    In a transaction "before" is the moment before its commit.
    """

    def __init__(self, documents: Documents, kills: KillPoints, journal: Journal) -> None:
        self._documents = documents
        self._kills = kills
        self._journal = journal
        self.query = documents.query
        self.count = documents.count

    def get(self, collection: str, id: str) -> Document | None:
        found = self._documents.get(collection, id)
        if found is not None:
            self._note("read", collection, id, found.data)
        return found

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        with self._kills.around(_effect(collection, data)):
            self._documents.create(collection, id, data, expires_at)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        written: list[tuple[str, str, Mapping[str, Any]]] = []

        def watched(transaction: Transaction) -> T:
            written.clear()
            answer = work(_Watched(transaction, written))
            for collection, _, data in written:
                self._kills.at(_effect(collection, data), "before")
            return answer

        answer = self._documents.transact(watched)
        for collection, key, data in written:
            self._note("written", collection, key, data)
            self._kills.at(_effect(collection, data), "after")
        return answer

    def delete(self, collection: str, id: str) -> None:
        with self._kills.around(f"{collection}-deleted"):
            self._documents.delete(collection, id)

    def _note(self, what: str, collection: str, id: str, data: Mapping[str, Any]) -> None:
        if collection == "attempts" and data["status"] in _FINAL:
            self._journal.write(what=what, attempt=id, status=data["status"], digest=digest(data))


class _Watched:
    """A transaction that remembers what it is told to write."""

    def __init__(
        self, transaction: Transaction, written: list[tuple[str, str, Mapping[str, Any]]]
    ) -> None:
        self._written = written
        self._transaction = transaction
        self.get = transaction.get
        self.delete = transaction.delete

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        self._written.append((collection, id, data))
        self._transaction.create(collection, id, data, expires_at)

    def set(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        self._written.append((collection, id, data))
        self._transaction.set(collection, id, data, expires_at)


class UnsteadyObjects:
    """`WritableObjects` with kills around what changes the bucket."""

    def __init__(self, objects: WritableObjects, kills: KillPoints) -> None:
        self._objects = objects
        self._kills = kills
        self.stat = objects.stat
        self.read = objects.read
        self.under = objects.under
        self.signed_download = objects.signed_download

    def signed_upload(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        return self._objects.signed_upload(
            name, content_type=content_type, max_bytes=max_bytes, expires_at=expires_at
        )

    def copy(self, source: str, target: str) -> ObjectInfo:
        with self._kills.around("object-copied"):
            return self._objects.copy(source, target)

    def write(self, name: str, data: bytes, content_type: str) -> ObjectInfo:
        with self._kills.around("object-written"):
            return self._objects.write(name, data, content_type)

    def delete(self, name: str) -> None:
        with self._kills.around("object-deleted"):
            self._objects.delete(name)


class UnsteadyEvents:
    """`Events` with kills around each publication."""

    def __init__(self, events: Events, kills: KillPoints) -> None:
        self._events = events
        self._kills = kills

    def publish(
        self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str] | None = None
    ) -> str:
        with self._kills.around(f"{topic}-published"):
            return self._events.publish(topic, data, attributes)

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        return self._events.dead_letters(limit)

    def replay(self, id: str) -> None:
        self._events.replay(id)

    def replay_all(self) -> int:
        return self._events.replay_all()


class UnsteadyClient(ServiceClient):
    """A service client with kills around each call."""

    def __init__(self, client: ServiceClient, service: str, kills: KillPoints) -> None:
        self._real = client
        self._effect = f"{service}-called"
        self._kills = kills

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        with self._kills.around(self._effect):
            return self._real.call(method, path, body)


class UnsteadyModel:
    """A paid language model with kills around each call: after it, what was paid for is lost."""

    def __init__(self, model: LanguageModel, kills: KillPoints) -> None:
        self._model = model
        self._kills = kills

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def paid(self) -> bool:
        return self._model.paid

    def generate(self, request: ModelRequest) -> ModelAnswer:
        with self._kills.around("model-called"):
            return self._model.generate(request)


def _effect(collection: str, data: Mapping[str, Any]) -> str:
    status = data.get("status", "written")
    if collection == "attempts" and status == "processing" and data.get("lease_until") is None:
        status = "released"
    return f"{collection}-{status}"
