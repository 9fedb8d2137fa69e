"""The canonical YAML of a course package: block style, one spelling for every value.

Only what YAML 1.1 and 1.2 read alike is written: mappings, sequences, whole numbers, and texts as
plain scalars, literal blocks or double-quoted scalars on one line.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml
from yaml.resolver import Resolver

# Controls, formats, unusual spaces and what is no character: fixed here, because Python's idea of
# "printable" changes with its Unicode tables. No-break spaces and emoji's joiners are not hidden.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202e"
    "\u205f-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_PLAIN = re.compile("[A-Za-z0-9\x80-\U0010ffff](?:.*[A-Za-z0-9.!?)/%'\"\x80-\U0010ffff])?")
# Also numbers of YAML 1.2 that 1.1 does not know, as 1e3 and 0o7.
_NUMBERLIKE = re.compile(r"[0-9][0-9A-Za-z_.:+-]*")
_NAMED_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_resolve: Callable[..., str] = Resolver().resolve
_TEXT_TAG = "tag:yaml.org,2002:str"
# Words that YAML 1.1 or 1.2 take for something else, beside those PyYAML's resolver knows.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"})


def dump(value: Mapping[str, Any]) -> bytes:
    """A mapping of texts, whole numbers, mappings and sequences as a UTF-8 file with LF ends."""
    return ("\n".join(_mapping(value, "")) + "\n").encode()


def _mapping(value: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, item in value.items():
        lines += _entry(f"{indent}{key}:", item, indent)
    return lines


def _entry(head: str, item: Any, indent: str) -> list[str]:  # noqa: ANN401  (any value of a file)
    """`head` ends with the key; what does not fit beside it stands below, indented by two."""
    if isinstance(item, Mapping):
        return [head, *_mapping(item, indent + "  ")]
    if isinstance(item, Sequence) and not isinstance(item, str):
        if not item:
            return [f"{head} []"]
        lines = [head]
        for member in item:
            lines += _member(member, indent + "  ")
        return lines
    first, *rest = _scalar(item, indent + "  ")
    return [f"{head} {first}", *rest]


def _member(item: Any, indent: str) -> list[str]:  # noqa: ANN401  (any value of a file)
    if isinstance(item, Mapping):
        inner = indent + "  "
        first, *rest = _mapping(item, inner)
        return [f"{indent}- {first.removeprefix(inner)}", *rest]
    first, *rest = _scalar(item, indent + "  ")
    return [f"{indent}- {first}", *rest]


def _scalar(value: str | int, indent: str) -> list[str]:
    if isinstance(value, int):
        return [str(value)]
    if _fits_block(value):
        return ["|-", *(indent + line if line else "" for line in value.split("\n"))]
    return [value if _fits_plain(value) else _quoted(value)]


def _fits_block(value: str) -> bool:
    lines = value.split("\n")
    return (
        len(lines) > 1
        and bool(lines[0].strip(" "))
        and bool(lines[-1])
        and not lines[0].startswith((" ", "\t"))
        and all(line == line.rstrip() and _legible(line.replace("\t", " ")) for line in lines)
    )


def _fits_plain(value: str) -> bool:
    return (
        _legible(value)
        and bool(_PLAIN.fullmatch(value))
        and ": " not in value
        and " #" not in value
        and value.lower() not in _WORDS
        and not _NUMBERLIKE.fullmatch(value)
        and _resolve(yaml.ScalarNode, value, (True, False)) == _TEXT_TAG
    )


def _legible(text: str) -> bool:
    return not _HIDDEN.search(text)


def _quoted(value: str) -> str:
    return '"' + "".join(_NAMED_ESCAPES.get(char) or _escaped(char) for char in value) + '"'


def _escaped(char: str) -> str:
    if _legible(char):
        return char
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004
