"""Integers as JSON bodies and paths carry them."""

from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.repositories.courses.records import MAX_VERSION


def _integer(value: object) -> object:
    """Neither true nor "1" is one; 1.0 is."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


JsonInteger = BeforeValidator(_integer)
VersionNumber = Annotated[int, Field(ge=1, le=MAX_VERSION)]


def version_number(segment: str) -> int:
    """A path's version; 0, which no course has, for what cannot be one."""
    is_number = segment.isascii() and segment.isdigit() and len(segment) <= len(str(MAX_VERSION))
    return int(segment) if is_number and int(segment) <= MAX_VERSION else 0
