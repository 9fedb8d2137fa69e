"""The documents port in memory, for unit tests: one lock, so every transaction is serial."""

import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from shared.domain.errors import Conflict
from shared.ports.clock import Clock
from shared.ports.documents import Document, Filter, Transaction

T = TypeVar("T")


class MemoryDocuments:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._rows: dict[tuple[str, str], tuple[dict[str, Any], datetime | None, int]] = {}
        self._version = 0

    def get(self, collection: str, id: str) -> Document | None:
        with self._lock:
            row = self._rows.get((collection, id))
            if row is None or (row[1] is not None and row[1] <= self._clock.now()):
                return None
            return Document(id, copy.deepcopy(row[0]), str(row[2]))

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        with self._lock:
            if self.get(collection, id) is not None:
                raise Conflict("A document with this id exists.", code="already_exists")
            self.set(collection, id, data, expires_at)

    def set(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        with self._lock:
            self._version += 1
            self._rows[collection, id] = (copy.deepcopy(dict(data)), expires_at, self._version)

    def delete(self, collection: str, id: str) -> None:
        with self._lock:
            self._rows.pop((collection, id), None)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        with self._lock:
            before = dict(self._rows)
            try:
                return work(self)
            except BaseException:
                self._rows = before
                raise

    def count(self, collection: str, filters: Sequence[Filter] = (), *, up_to: int = 10_000) -> int:
        raise NotImplementedError("the ledger of calls counts nothing")

    def query(self, collection: str, filters: Sequence[Filter] = (), **_: Any) -> list[Document]:
        raise NotImplementedError("the ledger of calls asks no queries")
