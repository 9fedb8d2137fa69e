"""YAML as data with the line of every field: a strict subset, and every fault named.

No anchors, aliases, tags or merge keys, so that nothing can grow beyond the file; no key twice.
The file is read as a stream of events and no deeper than `_MAX_DEPTH`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.resolver import Resolver

from shared.domain.errors import FieldError

_MAX_DEPTH = 12
_MAX_FAULTS = 200
_resolve: Callable[..., str] = Resolver().resolve
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,8})")
# What hides in an editor, or that YAML itself does not take: escapes are there for these.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_HINTS = {
    "mapping values are not allowed": 'Put a text that contains ": " in quotes.',
    "found character that cannot start any token": "Indent with spaces, and put a text that"
    " begins with @ or ` in quotes.",
    "did not find expected key": "Check the indentation and the quotes here and above.",
}
_READ_AS = {
    "bool": "a yes-or-no value",
    "int": "a number",
    "float": "a number",
    "null": "nothing",
    "timestamp": "a date",
}
_TOO_MANY = "Here the package has more fields and items than a course can have."
# A value no field takes.
_UNTAKEN = object()


@dataclass
class YamlFile:
    """One file's content. `data` is None when the file could not be read at all.

    `lines` holds the line of each field by its JSON pointer, `quoteless` what a plain scalar that
    is no text was read as, `values` how many there were.
    """

    name: str
    data: dict[str, Any] | None = None
    faults: list[FieldError] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    quoteless: dict[str, str] = field(default_factory=dict)
    values: int = 0

    def fault(self, pointer: str, detail: str, line: int | None = None) -> None:
        """Name a fault; of one file no more than anybody would read."""
        if len(self.faults) >= _MAX_FAULTS:
            return
        self.faults.append(FieldError(pointer, detail, self.name, line or self.line(pointer)))

    def line(self, pointer: str) -> int:
        """Of the field, or of the nearest one around it that is there."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)

    def is_faulty(self, pointer: str) -> bool:
        """Whether a fault of this field, or of one around it, was named already."""
        return any(
            known.pointer == pointer or pointer.startswith(f"{known.pointer}/")
            for known in self.faults
        )


class _GiveUpError(Exception):
    """What follows in this file would make no sense."""


def read_yaml(name: str, content: bytes, max_values: int) -> YamlFile:
    """The file `name` with everything wrong with it as YAML; never raises.

    Reading ends with a fault where more than `max_values` fields and items stand in it.
    """
    file = YamlFile(name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        file.fault("", "The file is not in UTF-8; save it in that encoding.", line)
        return file
    if hidden := _HIDDEN.search(text):
        code = f"U+{ord(hidden[0]):04X}"
        detail = f'The invisible character {code} may stand only as an escape, in "double quotes".'
        file.fault("", detail, text.count("\n", 0, hidden.start()) + 1)
        return file
    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        file.data = _root(_Reader(file, events, max_values))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = str(error.problem)
        hint = next((hint for start, hint in _HINTS.items() if problem.startswith(start)), "")
        file.fault("", f"This is not valid YAML: {problem}. {hint}".strip(), line)
    except _GiveUpError:
        pass
    return file


def _root(reader: "_Reader") -> dict[str, Any] | None:
    reader.skip(yaml.StreamStartEvent)
    start = next(reader.events)
    if isinstance(start, yaml.StreamEndEvent):
        reader.file.fault("", "The file is empty.", 1)
        return None
    value = reader.value(next(reader.events), "", 1)
    reader.skip(yaml.DocumentEndEvent)
    after = next(reader.events)
    if not isinstance(after, yaml.StreamEndEvent):
        line = after.start_mark.line + 1
        reader.file.fault("", "A second document begins here; a file holds one.", line)
    if not isinstance(value, dict):
        reader.file.fault("", "The file has to be a list of fields, each `name: value`.", 1)
        return None
    return value


class _Reader:
    def __init__(self, file: YamlFile, events: Iterator[Any], max_values: int) -> None:
        self.file = file
        self.events = events
        self._max_values = max_values

    def skip(self, kind: type[yaml.Event]) -> None:
        event = next(self.events)
        if not isinstance(event, kind):
            raise TypeError(f"{kind.__name__} expected, {event} found")

    def value(self, event: Any, pointer: str, depth: int) -> Any:  # noqa: ANN401  (PyYAML events, YAML values)
        line = event.start_mark.line + 1
        self.file.lines.setdefault(pointer, line)
        self._count(line, depth)
        if isinstance(event, yaml.AliasEvent):
            self.file.fault(pointer, "Aliases (*) are not taken; write the value out.", line)
            return _UNTAKEN
        if event.anchor is not None:
            self.file.fault(pointer, "Anchors (&) are not taken; leave it out.", line)
        if event.tag is not None:
            self.file.fault(pointer, "Tags (!) are not taken; leave it out.", line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(pointer, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(pointer, depth)
        return self._scalar(event, pointer)

    def _mapping(self, pointer: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                self.file.fault(pointer, "The name of a field has to be a plain word.", line)
                raise _GiveUpError
            inner = f"{pointer}/{escaped(event.value)}"
            if event.value in found:
                first = self.file.line(inner)
                detail = f"The field {event.value} stands here twice, first in line {first}."
                self.file.fault(inner, detail, line)
                self._pass_over(depth + 1)
                continue
            self.file.lines[inner] = line
            found[event.value] = self.value(next(self.events), inner, depth + 1)
        return found

    def _pass_over(self, depth: int) -> None:
        """Leave out a whole value."""
        inner = 0
        while True:
            event = next(self.events)
            self._count(event.start_mark.line + 1, depth + inner)
            inner += isinstance(event, yaml.CollectionStartEvent)
            inner -= isinstance(event, yaml.CollectionEndEvent)
            if not inner:
                return

    def _count(self, line: int, depth: int) -> None:
        self.file.values += 1
        too_many = self.file.values > self._max_values
        if too_many or depth > _MAX_DEPTH:
            detail = f"Fields are nested more than {_MAX_DEPTH} deep here."
            self.file.fault("", _TOO_MANY if too_many else detail, line)
            raise _GiveUpError

    def _sequence(self, pointer: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.value(event, f"{pointer}/{len(found)}", depth + 1))
        return found

    def _scalar(self, event: yaml.ScalarEvent, pointer: str) -> Any:  # noqa: ANN401  (any YAML scalar)
        text = str(event.value)
        plain = event.implicit[0] and not event.style
        tag = _resolve(yaml.ScalarNode, text, (plain, not plain))
        kind = tag.rpartition(":")[2] if plain else "str"
        if kind == "str":
            return text
        read_as = _READ_AS.get(kind, "something else")
        self.file.quoteless[pointer] = (
            "The field has no value; write one, or remove the line."
            if not text
            else f'YAML reads {text} as {read_as}; if it is a text, put it in quotes: "{text}".'
        )
        if kind == "int" and _DECIMAL.fullmatch(text):
            return int(text)
        return None if kind == "null" else _UNTAKEN


def escaped(key: str) -> str:
    """A key as a reference token of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
