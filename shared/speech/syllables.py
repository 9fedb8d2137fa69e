"""Syllables of a word: vowel phones of the dictionary, vowel letters of what it does not know."""

import re
from collections.abc import Iterable
from typing import Final

from shared.speech.lexicon import pronunciations
from shared.speech.text import TextWord

VOWELS: Final = frozenset(
    {"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"}
)
_VOWEL_GROUP: Final = re.compile(r"[aeiouy]+")
_SILENT_E: Final = re.compile(r"(?<=[^aeiouy])(?:e|es|ed)$")
_SOUNDED_END: Final = re.compile(r"(?:[^aeiou]l(?:e|es)|[td]ed|(?:[sxz]|ch|sh|[cg])es)$")
_HIATUS: Final = re.compile(r"i[ao]|eo|ua|uo")
_DIGRAPH_HIATUS: Final = re.compile(r"[tcs]i[ao]|[gq]u[aeo]")
_LETTERS_ONLY: Final = re.compile(r"[^a-z]+")


def count_syllables(words: Iterable[TextWord]) -> int:
    """Syllables of the words as spoken, numerals in words."""
    return sum(syllables(unit) for word in words for unit in word.spoken)


def syllables(unit: str) -> int:
    """At least 1. The dictionary's first pronunciation; else `estimate`."""
    known = pronunciations(unit)
    return sum(phone in VOWELS for phone in known[0].split()) or 1 if known else estimate(unit)


def estimate(unit: str) -> int:
    """Vowel groups, with the silent e taken off and the common hiatus counted twice."""
    letters = _LETTERS_ONLY.sub("", unit)
    count = len(_VOWEL_GROUP.findall(letters))
    count += len(_HIATUS.findall(letters)) - len(_DIGRAPH_HIATUS.findall(letters))
    if _SILENT_E.search(letters) and not _SOUNDED_END.search(letters):
        count -= 1
    return max(1, count)
