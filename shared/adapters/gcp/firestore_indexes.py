"""Which queries Firestore answers in production, from the file its indexes are made from.

https://firebase.google.com/docs/firestore/query-data/index-overview
https://firebase.google.com/docs/reference/firestore/indexes
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from shared.ports.documents import Filter

_ASCENDING: Final = "ASCENDING"
_DESCENDING: Final = "DESCENDING"
_EVERY_FIELD: Final = "*"
_NAME: Final = "__name__"

Ordered = tuple[str, str]
"""A field and its direction."""


class MissingIndexError(Exception):
    """Firestore would refuse this query; the message holds what the index file lacks."""


class Indexes:
    """The indexes of a file in the form of firebase-tools: `indexes` and `fieldOverrides`."""

    def __init__(self, file: Mapping[str, Any]) -> None:
        self._composites = {
            (item["collectionGroup"], *_with_name([_ordered(field) for field in item["fields"]]))
            for item in file["indexes"]
            if item["queryScope"] == "COLLECTION"
        }
        self._single = {
            (item["collectionGroup"], item["fieldPath"]): frozenset(
                index["order"]
                for index in item["indexes"]
                if index["queryScope"] == "COLLECTION" and "order" in index
            )
            for item in file["fieldOverrides"]
        }

    @classmethod
    def load(cls, path: Path) -> Self:
        return cls(json.loads(path.read_text()))

    def check(
        self, collection: str, filters: Sequence[Filter], order_by: str, *, descending: bool = False
    ) -> None:
        """Raises `MissingIndexError` for a query that no index of the file answers.

        Stricter than Firestore in one thing: it does not join several composite indexes.
        """
        direction = _DESCENDING if descending else _ASCENDING
        equal = sorted({item.field for item in filters if item.op == "=="})
        ranges = {item.field for item in filters if item.op != "=="} - set(equal)
        if order_by == "id" and ranges:
            raise MissingIndexError(f"order {collection} by {min(ranges)}, which has a range")
        sorted_by = [order_by] if order_by != "id" and order_by not in equal else []
        tail = [(field, direction) for field in [*sorted_by, *sorted(ranges - {order_by})]]
        if self._has_composite(collection, set(equal), tail, direction):
            return
        if not tail and not descending:
            # Equalities alone: their single-field indexes are merged.
            needed = [(field, _ASCENDING) for field in equal]
        elif not equal and len(tail) == 1:
            needed = tail
        elif not equal and not tail:
            raise MissingIndexError(f"{collection} by descending id needs a filter of equality")
        else:
            fields = [(field, _ASCENDING) for field in equal] + (tail or [(_NAME, direction)])
            raise MissingIndexError(_missing(collection, fields))
        for field, order in needed:
            if order not in self._orders(collection, field):
                raise MissingIndexError(_override(collection, field, order))

    def _orders(self, collection: str, field: str) -> frozenset[str]:
        """The directions in which the field alone is indexed."""
        for path in (field, _EVERY_FIELD):
            if (collection, path) in self._single:
                return self._single[collection, path]
        return frozenset({_ASCENDING, _DESCENDING})

    def _has_composite(
        self, collection: str, equal: set[str], tail: Sequence[Ordered], direction: str
    ) -> bool:
        """Equalities come first, in any order and direction; the rest must be exact."""
        rest = [*tail, (_NAME, direction)]
        for group, *fields in self._composites:
            head, behind = fields[: len(equal)], fields[len(equal) :]
            if group == collection and {field for field, _ in head} == equal and behind == rest:
                return True
        return False


def _ordered(field: Mapping[str, str]) -> Ordered:
    return field["fieldPath"], field["order"]


def _with_name(fields: list[Ordered]) -> list[Ordered]:
    """Every index ends with the id, unless it says otherwise in the direction before it."""
    return fields if fields[-1][0] == _NAME else [*fields, (_NAME, fields[-1][1])]


def _missing(collection: str, fields: Sequence[Ordered]) -> str:
    index = {
        "collectionGroup": collection,
        "queryScope": "COLLECTION",
        "fields": [{"fieldPath": field, "order": order} for field, order in fields],
    }
    return f"add to indexes: {json.dumps(index)}"


def _override(collection: str, field: str, direction: str) -> str:
    override = {
        "collectionGroup": collection,
        "fieldPath": field,
        "indexes": [{"order": direction, "queryScope": "COLLECTION"}],
    }
    return f"add to fieldOverrides: {json.dumps(override)}"
