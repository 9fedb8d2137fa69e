"""A query of the documents port as Firestore's structured queries, a page at a time.

https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#structuredquery
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from google.cloud.firestore_v1.field_path import FieldPath
from google.cloud.firestore_v1.types import query

from shared.adapters.gcp.firestore_calls import Client
from shared.adapters.gcp.firestore_values import ValueMessage, decoded, legal_id, scalar
from shared.domain.errors import Invalid
from shared.ports.documents import Filter

_StructuredQuery = query.StructuredQuery.pb()
_NAME: Final = "__name__"
_OPERATORS: Final = {
    "==": query.StructuredQuery.FieldFilter.Operator.EQUAL,
    "<": query.StructuredQuery.FieldFilter.Operator.LESS_THAN,
    "<=": query.StructuredQuery.FieldFilter.Operator.LESS_THAN_OR_EQUAL,
    ">": query.StructuredQuery.FieldFilter.Operator.GREATER_THAN,
    ">=": query.StructuredQuery.FieldFilter.Operator.GREATER_THAN_OR_EQUAL,
}
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class PagedQuery:
    """Firestore sorts by the fields of ranges before the id, so under the order of ids ranges are
    matched here; `Indexes.check` refuses such a query.
    """

    def __init__(
        self,
        client: Client,
        collection: str,
        filters: Sequence[Filter],
        order_by: str,
        *,
        descending: bool,
    ) -> None:
        self._client = client
        self._collection = collection
        self._by_id = order_by == "id"
        self._descending = descending
        ranges = [item for item in filters if item.op != "=="]
        self._matched_here = ranges if self._by_id else []
        self._filters = [item for item in filters if item not in self._matched_here]
        fields = [] if self._by_id else [order_by, *(item.field for item in ranges)]
        self._fields = list(dict.fromkeys(fields))

    def page(self, cursor: Sequence[Any], limit: int) -> query.StructuredQuery:
        """The next `limit` rows behind `cursor`, from the start when it is empty."""
        message = _StructuredQuery()
        message.limit.value = limit
        message.from_.add(collection_id=self._collection)
        for item in self._filters:
            one = message.where.composite_filter.filters.add().field_filter
            one.field.field_path = _path(item.field)
            one.op = int(_OPERATORS[item.op])
            one.value.CopyFrom(scalar(item.value))
        if self._filters:
            message.where.composite_filter.op = 1  # AND
        direction = query.StructuredQuery.Direction
        order = direction.DESCENDING if self._descending else direction.ASCENDING
        for path in [*map(_path, self._fields), _NAME]:
            message.order_by.add(direction=int(order)).field.field_path = path
        if cursor:
            message.start_at.values.extend(cursor)
            message.start_at.before = False
        wrapped: query.StructuredQuery = query.StructuredQuery.wrap(message)
        return wrapped

    def behind(self, after: str | int | float | None) -> Sequence[Any]:
        """The cursor behind all rows with that value of the field that orders them."""
        if after is None:
            return []
        if not self._by_id:
            return [scalar(after)]
        if not isinstance(after, str) or not legal_id(after):
            raise Invalid("No document has this id.", code="cursor_invalid")
        return [ValueMessage(reference_value=self._client.name(self._collection, after))]

    def behind_row(self, row: Any) -> Sequence[Any]:  # noqa: ANN401
        """The cursor behind this very row."""
        values = [row.fields[field] for field in self._fields]
        return [*values, ValueMessage(reference_value=row.name)]

    def matches(self, row: Any) -> bool:  # noqa: ANN401
        """Whether the row passes the filters that Firestore was not given."""
        if not self._matched_here:
            return True
        data = decoded(row)
        return all(
            item.field in data and _passes(data[item.field], item) for item in self._matched_here
        )


def _path(field: str) -> str:
    path: str = FieldPath(field).to_api_repr()
    return path


def _passes(value: object, item: Filter) -> bool:
    """As Firestore compares: numbers with numbers, and otherwise only one type with itself."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        same = isinstance(item.value, int | float) and not isinstance(item.value, bool)
    else:
        same = type(value) is type(item.value)
    return same and _COMPARISONS[item.op](value, item.value)
