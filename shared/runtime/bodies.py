"""What every request model holds to: no unknown fields, no `null` unless said, no NUL in texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from annotated_types import GroupedMetadata
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError


class Nullable:
    """Marks a field that takes `null`: `name: Annotated[Name | None, Nullable()] = None`.

    Whether it was `null` or absent says `"name" in body.model_fields_set`.
    """


class Body(BaseModel):
    """A request's body, a part of one, or its query; optional fields are left out, never null."""

    # Built with the first body of its kind: a cold start pays for the one it was asked.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_null(cls, value: object, info: ValidationInfo) -> object:
        field = cls.model_fields[str(info.field_name)]
        if value is None and not any(isinstance(mark, Nullable) for mark in field.metadata):
            raise PydanticCustomError("null_refused", "Leave the field out instead of sending null")
        return value


def _written(value: str) -> str:
    stripped = value.strip()
    # PostgreSQL's text knows no NUL.
    if not stripped or "\0" in stripped:
        raise PydanticCustomError("blank", "Write something, without NUL characters")
    return stripped


@dataclass(frozen=True, slots=True)
class Text(GroupedMetadata):
    """See `text`."""

    min_length: int
    max_length: int
    pattern: str | None

    def __iter__(self) -> Iterator[object]:
        yield StringConstraints(
            min_length=self.min_length, max_length=self.max_length, pattern=self.pattern
        )
        yield AfterValidator(_written)


def text(min_length: int, max_length: int, pattern: str | None = None) -> Text:
    """For `Annotated[str, text(1, 200)]`: so many characters as sent; stripped, and not blank."""
    return Text(min_length, max_length, pattern)


class PageQuery(Body):
    """Query of every list: how many items, and where the last page ended."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
