"""Dataclass to plain JSON document, by one rule: `None` means "not known" and is left out.

A field with `metadata={"null": True}` stays, as null: there "none" is itself the answer.
"""

from dataclasses import fields, is_dataclass
from typing import Any


def to_document(value: Any) -> Any:  # noqa: ANN401  (any field of any document)
    """`value` as dicts, lists and scalars, ready for JSON and for a document store."""
    if is_dataclass(value) and not isinstance(value, type):
        document = {}
        for item in fields(value):
            inner = getattr(value, item.name)
            if inner is not None or item.metadata.get("null"):
                document[item.name] = to_document(inner)
        return document
    if isinstance(value, tuple | list):
        return [to_document(item) for item in value]
    return value
