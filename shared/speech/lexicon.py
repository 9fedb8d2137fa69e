"""English pronunciations: the CMU dictionary as it ships with PocketSphinx (BSD-2-Clause)."""

from importlib.util import find_spec
from pathlib import Path

from shared.domain.errors import Unavailable
from shared.speech.loading import once

_DICTIONARY = "model/en-us/cmudict-en-us.dict"


def pronunciations(word: str) -> tuple[str, ...]:
    """ARPAbet phones without stress, separated by spaces, of a lower-case word; () if unknown.

    The possessive and plural of a known word are known too, by the rule of English spelling
    for `'s` after sibilant, voiceless and voiced sounds.
    """
    entries = _entries()
    found = [entries[word]] if word in entries else []
    number = 2
    while (alternate := f"{word}({number})") in entries:
        found.append(entries[alternate])
        number += 1
    if not found and word.endswith("'s"):
        return tuple(f"{phones} {_possessive(phones)}" for phones in pronunciations(word[:-2]))
    return tuple(found)


def _possessive(phones: str) -> str:
    last = phones.rsplit(" ", 1)[-1]
    if last in {"S", "Z", "SH", "ZH", "CH", "JH"}:
        return "IH Z"
    return "S" if last in {"P", "T", "K", "F", "TH"} else "Z"


def listed() -> list[str]:
    """The words of the dictionary in its order."""
    return [word for word in _entries() if not word.endswith(")")]


def load() -> None:
    """Read the dictionary ahead of the first question."""
    _entries()


@once
def _entries() -> dict[str, str]:
    spec = find_spec("pocketsphinx")  # found, not imported: the package loads a decoder
    if spec is None or spec.origin is None:
        raise Unavailable("The pronunciation dictionary is not installed.", code="no_lexicon")
    text = (Path(spec.origin).parent / _DICTIONARY).read_text(encoding="utf-8")
    return dict(line.split(" ", 1) for line in text.splitlines())
