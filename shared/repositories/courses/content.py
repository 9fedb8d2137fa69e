"""A course's content between JSON and the domain: every fault of an author's text is pointed at."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.domain.analysis import Strictness
from shared.domain.course import CourseContent, Level
from shared.domain.documents import to_document
from shared.domain.errors import AppError, FieldError, Invalid
from shared.domain.prompts import CoursePrompt, InterviewCategory
from shared.repositories.courses.fields import (
    Age,
    Key,
    Language,
    Markdown,
    MediaName,
    Name,
    Omittable,
    Paragraph,
    Part,
    PreparationS,
    Sentence,
    Setting,
    SpeakingS,
    Tag,
    Text,
    Title,
    Word,
)

_KINDS = ("read_aloud", "free_speech", "interview", "role_play")
_UNIQUE = ("units", "lessons", "prompts")
_LEFT_OUT_WHEN_EMPTY = ("tags", "media", "minimal_pairs", "tips")


class _MinimalPair(Part):
    first: Word
    second: Word


class _Patient(Part):
    name: Name
    age: Omittable[Age] = None
    background: Paragraph


class _Prompt(Part):
    id: Key
    title: Title
    instructions: Omittable[Text] = None
    media: Omittable[MediaName] = None


class _ReadAloud(_Prompt):
    kind: Literal["read_aloud"]
    text: Text
    minimal_pairs: list[_MinimalPair] = Field(default_factory=list, max_length=20)
    strictness: Omittable[Strictness] = None


class _FreeSpeech(_Prompt):
    kind: Literal["free_speech"]
    question: Paragraph
    preparation_s: Omittable[PreparationS] = None
    speaking_s: Omittable[SpeakingS] = None


class _Interview(_Prompt):
    kind: Literal["interview"]
    question: Paragraph
    category: InterviewCategory
    tips: list[Sentence] = Field(default_factory=list, max_length=10)
    preparation_s: Omittable[PreparationS] = None
    speaking_s: Omittable[SpeakingS] = None


class _RolePlay(_Prompt):
    kind: Literal["role_play"]
    setting: Setting
    profession: Word
    role: Title
    patient: _Patient
    tasks: Annotated[list[Sentence], Field(min_length=1, max_length=8)]
    opening: Omittable[Sentence] = None
    preparation_s: Omittable[PreparationS] = None
    speaking_s: Omittable[SpeakingS] = None


_AnyPrompt = Annotated[
    _ReadAloud | _FreeSpeech | _Interview | _RolePlay, Field(discriminator="kind")
]


class _Lesson(Part):
    id: Key
    title: Title
    summary: Omittable[Text] = None
    introduction: Omittable[Markdown] = None
    media: list[MediaName] = Field(default_factory=list, max_length=20)
    prompts: Annotated[list[_AnyPrompt], Field(max_length=50)]


class _Unit(Part):
    id: Key
    title: Title
    summary: Omittable[Text] = None
    lessons: Annotated[list[_Lesson], Field(max_length=50)]


class _CourseContent(Part):
    title: Title
    language: Language
    level: Omittable[Level] = None
    summary: Omittable[Text] = None
    tags: list[Tag] = Field(default_factory=list, max_length=20)
    units: Annotated[list[_Unit], Field(max_length=50)]


@cache
def _content() -> TypeAdapter[CourseContent]:
    return TypeAdapter(CourseContent)


@cache
def _prompt() -> TypeAdapter[CoursePrompt]:
    return TypeAdapter(CoursePrompt)


def parse_content(data: object) -> CourseContent:
    """The content an author wrote, as JSON or YAML gives it.

    Raises `Invalid` with one `FieldError` for every fault, ids used twice among them; pointers
    are into `data`.
    """
    faults = list(_repeated_ids(data))
    try:
        model = _CourseContent.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        faults = [FieldError(_pointer(fault), fault["msg"]) for fault in found] + faults
    if faults:
        raise Invalid("Some fields are not valid.", errors=faults)
    return _content().validate_python(model.model_dump(exclude_none=True))


def content_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `parse_content` takes; ids used twice it cannot tell."""
    return _CourseContent.model_json_schema()


def load_content(data: object) -> CourseContent:
    """The content of a stored document; raises `AppError` if this release cannot read it."""
    try:
        return _content().validate_python(data)
    except ValidationError as error:
        places = [".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)]
        raise AppError(f"A stored course does not fit: {places}", code="document_invalid") from None


def load_prompt(data: object) -> CoursePrompt:
    """One prompt of a stored document."""
    return _prompt().validate_python(data)


def content_document(content: CourseContent) -> dict[str, Any]:
    """As JSON, from which `parse_content` makes the same content: what is empty is left out."""
    return dict(_without_empty(to_document(content)))


def prompt_document(prompt: CoursePrompt) -> dict[str, Any]:
    """As JSON, in the shape it has within its course."""
    return dict(_without_empty(to_document(prompt)))


def _without_empty(node: Any) -> Any:  # noqa: ANN401  (any node of a JSON document)
    if isinstance(node, dict):
        return {
            name: _without_empty(value)
            for name, value in node.items()
            if value or name not in _LEFT_OUT_WHEN_EMPTY
        }
    if isinstance(node, list):
        return [_without_empty(item) for item in node]
    return node


def _pointer(fault: ErrorDetails) -> str:
    """RFC 6901. Behind a prompt's index pydantic names the kind it chose, which is no place."""
    parts: list[str] = []
    location = fault["loc"]
    for index, part in enumerate(location):
        chosen_kind = index > 1 and location[index - 2] == "prompts" and part in _KINDS
        if not chosen_kind:
            parts.append(str(part).replace("~", "~0").replace("/", "~1"))
    if fault["type"].startswith("union_tag"):
        parts.append("kind")
    return "".join(f"/{part}" for part in parts)


def _repeated_ids(data: object) -> Iterator[FieldError]:
    seen: dict[tuple[str, str], str] = {}
    for kind, pointer, key in _ids(data, "", _UNIQUE):
        if (first := seen.setdefault((kind, key), pointer)) != pointer:
            yield FieldError(f"{pointer}/id", f"This id is already used at {first}/id")


def _ids(node: object, at: str, kinds: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """(kind, pointer, id) of whatever has an id, in a document that may be malformed."""
    if not kinds or not isinstance(node, dict):
        return
    kind, *below = kinds
    parts = node.get(kind)
    for index, part in enumerate(parts if isinstance(parts, list) else []):
        pointer = f"{at}/{kind}/{index}"
        if isinstance(part, dict) and isinstance(part.get("id"), str):
            yield kind, pointer, part["id"]
        yield from _ids(part, pointer, tuple(below))
