"""JSON documents as Firestore values and back, without loss.

https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#value
https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields

Firestore holds no array in an array, no field name that is empty, over 1,500 bytes or framed by
double underscores, no integer over 64 bits, no map or array over 20 levels deep, and no text that
is not Unicode. Such a value is kept as its JSON text, in a map with the one key `_json`.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from google.cloud.firestore_v1.types import document

from shared.domain.errors import Invalid

_JSON: Final = "_json"
_EXPIRES_AT: Final = "_expires_at"
WRITTEN: Final = "_written"
_RESERVED: Final = frozenset({_EXPIRES_AT, WRITTEN})
_MAX_DEPTH: Final = 20
_MAX_NAME_BYTES: Final = 1500
_INT64: Final = range(-(2**63), 2**63)
_FRAMED: Final = re.compile(r"__.*__", re.DOTALL)

# The generated classes below proto-plus: ten times as fast, and without types.
ValueMessage = document.Value.pb()
DocumentMessage = document.Document.pb()


def legal_id(id: str) -> bool:
    """Whether Firestore can hold a document under this id."""
    return _legal_name(id) and "/" not in id and id not in (".", "..")


def encoded(name: str, data: Mapping[str, Any], expires_at: datetime | None, written: int) -> Any:  # noqa: ANN401
    """The whole document, with its resource name, as a message.

    `written` differs in every write: a write that changes nothing would not change the version.
    Raises `Invalid` for what JSON does not hold, and for names Firestore or this adapter reserves.
    """
    message = DocumentMessage(name=name)
    for key, value in data.items():
        if key in _RESERVED or not _legal_name(key):
            raise _refused()
        _fill(message.fields[key], value, 1)
    message.fields[WRITTEN].integer_value = written
    if expires_at is not None:
        message.fields[_EXPIRES_AT].timestamp_value.FromDatetime(expires_at.astimezone(UTC))
    return message


def decoded(message: Any) -> dict[str, Any]:  # noqa: ANN401
    """The data of a document message."""
    return {key: _decoded(value) for key, value in message.fields.items() if key not in _RESERVED}


def is_live(message: Any, now: datetime) -> bool:  # noqa: ANN401
    """Whether the document's time has not come; Firestore itself removes it up to a day later."""
    if _EXPIRES_AT not in message.fields:
        return True
    expires_at: datetime = message.fields[_EXPIRES_AT].timestamp_value.ToDatetime(UTC)
    return expires_at > now


def scalar(value: str | int | float | bool) -> Any:  # noqa: ANN401
    """A value to compare with."""
    message = ValueMessage()
    _fill(message, value, 1)
    return message


@lru_cache(maxsize=1024)
def _legal_name(name: str) -> bool:
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return False
    return 0 < length <= _MAX_NAME_BYTES and not _FRAMED.fullmatch(name)


def _fill(message: Any, value: Any, depth: int) -> None:  # noqa: ANN401
    """Set `message` to `value`, whose maps and arrays are `depth` levels down."""
    if value is None:
        message.null_value = 0
    elif isinstance(value, bool):
        message.boolean_value = value
    elif isinstance(value, str) and _is_unicode(value):
        message.string_value = value
    elif isinstance(value, int) and value in _INT64:
        message.integer_value = value
    elif isinstance(value, float) and math.isfinite(value):
        message.double_value = value
    elif isinstance(value, Mapping) and depth < _MAX_DEPTH and _is_native_map(value):
        message.map_value.SetInParent()
        for key, inner in value.items():
            _fill(message.map_value.fields[key], inner, depth + 1)
    elif isinstance(value, list | tuple) and depth < _MAX_DEPTH and _is_native_array(value):
        message.array_value.SetInParent()
        for inner in value:
            _fill(message.array_value.values.add(), inner, depth + 1)
    else:
        message.map_value.fields[_JSON].string_value = _as_json(value)


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_native_map(value: Mapping[str, Any]) -> bool:
    return value.keys() != {_JSON} and all(map(_legal_name, value))


def _is_native_array(value: list[Any] | tuple[Any, ...]) -> bool:
    return not any(isinstance(inner, list | tuple) for inner in value)


def _as_json(value: Any) -> str:  # noqa: ANN401
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        # Not chained: the message may quote the value.
        raise _refused() from None


def _decoded(message: Any) -> Any:  # noqa: ANN401
    kind = message.WhichOneof("value_type")
    if kind == "map_value":
        fields = message.map_value.fields
        if len(fields) == 1 and _JSON in fields:
            return json.loads(fields[_JSON].string_value)
        return {key: _decoded(value) for key, value in fields.items()}
    if kind == "array_value":
        return [_decoded(value) for value in message.array_value.values]
    return None if kind == "null_value" else getattr(message, kind)


def _refused() -> Invalid:
    return Invalid("The document holds what cannot be stored.", code="document_refused")
