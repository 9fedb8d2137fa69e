"""Documents: JSON objects by collection and id, with transactions. Firestore's useful subset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Document:
    """`version` changes with every write and never repeats for the same id."""

    id: str
    data: dict[str, Any]
    version: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`field` is a top-level name of a string, number or boolean."""

    field: str
    op: Literal["==", "<", "<=", ">", ">="]
    value: str | int | float | bool


class Transaction(Protocol):
    """All reads come before the first write, as Firestore demands."""

    def get(self, collection: str, id: str) -> Document | None: ...

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        """Raises `Conflict` (at the latest when the transaction commits) if the id exists."""

    def set(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        """Write the whole document, new or not."""

    def delete(self, collection: str, id: str) -> None:
        """Deleting what is absent is no error."""


class Documents(Protocol):
    """Every method raises `Unavailable` when the store cannot be reached or stays contended.

    What was to be written may be there all the same, unless the code is `contended`: what is done
    again afterwards has to be what may be done twice.
    """

    def get(self, collection: str, id: str) -> Document | None:
        """The document as last committed; None when absent or past its `expires_at`."""

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        """Raises `Conflict` if the id exists (and has not expired). Of many racers one wins."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` with reads and writes as one atomic, serialisable step; return its answer.

        `work` may run several times when others write the same documents, so it must have no
        effect but through the transaction. An exception from `work` undoes it and is passed on.
        """

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
        """Documents that match all filters, ordered by the top-level field `order_by`.

        `after` continues behind that value of `order_by`. Documents without the field are left
        out, expired ones too.
        """

    def count(self, collection: str, filters: Sequence[Filter] = (), *, up_to: int = 10_000) -> int:
        """How many documents match all filters, each an equality, counted no further than `up_to`.

        By the index, without reading documents; expired ones may be among them.
        """

    def delete(self, collection: str, id: str) -> None:
        """Deleting what is absent is no error."""
