"""The documents port, keeping who asked for what."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from shared.ports.documents import Document, Documents, Filter, Transaction

T = TypeVar("T")
Caller = tuple[str, str]
"""The file's name within the project, and the function's qualified name."""

ROOT = Path(__file__).parents[2]


@dataclass
class Records:
    """`queries` are arguments of `Indexes.check`; `writes` hold collection and `expires_at`."""

    callers: set[Caller] = field(default_factory=set)
    queries: list[tuple[str, Sequence[Filter], str, bool]] = field(default_factory=list)
    writes: list[tuple[str, datetime | None]] = field(default_factory=list)

    def call(self) -> None:
        code = sys._getframe(2).f_code
        self.callers.add((str(Path(code.co_filename).relative_to(ROOT)), code.co_qualname))


class RecordedTransaction:
    def __init__(self, inner: Transaction, records: Records) -> None:
        self._inner = inner
        self._records = records

    def get(self, collection: str, id: str) -> Document | None:
        return self._inner.get(collection, id)

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        self._records.call()
        self._records.writes.append((collection, expires_at))
        self._inner.create(collection, id, data, expires_at)

    def set(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        self._records.call()
        self._records.writes.append((collection, expires_at))
        self._inner.set(collection, id, data, expires_at)

    def delete(self, collection: str, id: str) -> None:
        self._inner.delete(collection, id)


class RecordedDocuments:
    def __init__(self, inner: Documents, records: Records) -> None:
        self._inner = inner
        self._records = records

    def get(self, collection: str, id: str) -> Document | None:
        return self._inner.get(collection, id)

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        self._records.call()
        self._records.writes.append((collection, expires_at))
        self._inner.create(collection, id, data, expires_at)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return self._inner.transact(lambda inner: work(RecordedTransaction(inner, self._records)))

    def query(
        self,
        collection: str,
        filters: Sequence[Filter] = (),
        *,
        order_by: str = "id",
        descending: bool = False,
        after: str | int | float | None = None,
        limit: int = 100,
    ) -> list[Document]:
        self._records.call()
        self._records.queries.append((collection, filters, order_by, descending))
        return self._inner.query(
            collection,
            filters,
            order_by=order_by,
            descending=descending,
            after=after,
            limit=limit,
        )

    def count(self, collection: str, filters: Sequence[Filter] = (), *, up_to: int = 10_000) -> int:
        self._records.call()
        self._records.queries.append((collection, filters, "id", False))
        return self._inner.count(collection, filters, up_to=up_to)

    def delete(self, collection: str, id: str) -> None:
        self._inner.delete(collection, id)
