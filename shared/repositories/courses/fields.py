"""The kinds of field a course's content is made of, and their limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from annotated_types import GroupedMetadata
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

T = TypeVar("T")


class Part(BaseModel):
    """A part of a course as its author writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("null_refused", "Leave the field out instead of sending null")
    return value


# A field that may be left out, but not be null.
Omittable = Annotated[T | None, BeforeValidator(_not_null)]


def _written(value: str) -> str:
    stripped = value.strip()
    # PostgreSQL's text knows no NUL.
    if not stripped or "\0" in stripped:
        raise PydanticCustomError("blank", "Write something, without NUL characters")
    return stripped


@dataclass(frozen=True, slots=True)
class _Text(GroupedMetadata):
    """Not blank, of at most so many characters as written; then stripped."""

    max_length: int

    def __iter__(self) -> Iterator[object]:
        yield StringConstraints(min_length=1, max_length=self.max_length)
        yield AfterValidator(_written)


def _number(value: object) -> object:
    """Neither true nor "1" is a number."""
    if isinstance(value, bool | str | bytes):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


Title = Annotated[str, _Text(200)]
Name = Annotated[str, _Text(100)]
Word = Annotated[str, _Text(60)]
Sentence = Annotated[str, _Text(300)]
Setting = Annotated[str, _Text(500)]
Paragraph = Annotated[str, _Text(1000)]
Text = Annotated[str, _Text(2000)]
Markdown = Annotated[str, _Text(20_000)]
# What can be assessed.
Language = Literal["en"]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
MediaName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
Age = Annotated[int, BeforeValidator(_number), Field(ge=0, le=120)]
PreparationS = Annotated[int, BeforeValidator(_number), Field(ge=0, le=600)]
SpeakingS = Annotated[int, BeforeValidator(_number), Field(ge=5, le=180)]
