"""Spelling to sound for words that the dictionary does not list: from the words they are made of.

Endings by the rules of English spelling, then compounds of two listed words. What neither
explains, most names, is left to `grapheme_to_phoneme`.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from shared.speech.lexicon import pronunciations

_SIBILANTS: Final = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
_VOICELESS: Final = frozenset({"P", "T", "K", "F", "TH", "S", "SH", "CH"})
_ENDINGS: Final = {
    "ing": "IH NG",
    "er": "ER",
    "est": "AH S T",
    "eth": "AH TH",
    "ly": "L IY",
    "ness": "N AH S",
    "less": "L AH S",
    "ful": "F AH L",
    "able": "AH B AH L",
    "ment": "M AH N T",
    "ish": "IH SH",
    "like": "L AY K",
    "y": "IY",
}
_BEGINNINGS: Final = {
    "un": "AH N",
    "re": "R IY",
    "dis": "D IH S",
    "mis": "M IH S",
    "non": "N AA N",
    "over": "OW V ER",
    "under": "AH N D ER",
    "out": "AW T",
    "pre": "P R IY",
}
_SHORTEST_STEM: Final = 3
_SHORTEST_PART: Final = 3


@lru_cache(maxsize=1024)
def derived(word: str) -> tuple[str, ...]:
    """ARPAbet phones, separated by spaces, of a lower-case word made of listed ones; () if none."""
    if word.endswith("'s"):
        return tuple(plural(phones) for phones in derived(word[:-2]))
    for found in (_with_s(word), _with_ed(word), _with_ending(word), _with_beginning(word)):
        if found:
            return found
    return _compound(word)


def _known(word: str) -> tuple[str, ...]:
    return pronunciations(word) or (derived(word) if len(word) > _SHORTEST_STEM else ())


def _stems(stem: str) -> Iterator[str]:
    """The spellings a word may have had before an ending: quot(e), happ(y), run(n)."""
    if len(stem) < _SHORTEST_STEM:
        return
    yield stem
    yield stem + "e"
    if stem.endswith("i"):
        yield stem[:-1] + "y"
    if stem[-1] == stem[-2]:
        yield stem[:-1]


def _with_s(word: str) -> tuple[str, ...]:
    if not word.endswith("s") or word.endswith("ss"):
        return ()
    stems = [word[:-1]]
    if word.endswith("es"):
        stems += [word[:-2]]
    if word.endswith("ies"):
        stems += [word[:-3] + "y"]
    for stem in stems:
        if len(stem) >= _SHORTEST_STEM and (known := _known(stem)):
            return tuple(plural(phones) for phones in known)
    return ()


def plural(phones: str) -> str:
    """Phones, separated by spaces, with the ending of a plural or possessive."""
    last = phones.rsplit(" ", 1)[-1]
    if last in _SIBILANTS:
        return f"{phones} IH Z"
    return f"{phones} {'S' if last in _VOICELESS else 'Z'}"


def _with_ed(word: str) -> tuple[str, ...]:
    if word.endswith("ed"):
        for stem in _stems(word[:-2]):
            if known := pronunciations(stem):
                return tuple(_past(phones) for phones in known)
    return ()


def _past(phones: str) -> str:
    last = phones.rsplit(" ", 1)[-1]
    if last in {"T", "D"}:
        return f"{phones} IH D"
    return f"{phones} {'T' if last in _VOICELESS else 'D'}"


def _with_ending(word: str) -> tuple[str, ...]:
    for ending, sound in _ENDINGS.items():
        if word.endswith(ending):
            for stem in _stems(word.removesuffix(ending)):
                if known := pronunciations(stem):
                    return tuple(f"{phones} {sound}" for phones in known)
    return ()


def _with_beginning(word: str) -> tuple[str, ...]:
    for beginning, sound in _BEGINNINGS.items():
        stem = word.removeprefix(beginning)
        if stem != word and len(stem) >= _SHORTEST_STEM and (known := _known(stem)):
            return tuple(f"{sound} {phones}" for phones in known)
    return ()


def _compound(word: str) -> tuple[str, ...]:
    """The split whose shorter part is longest."""
    sizes = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    for size in sorted(sizes, key=lambda size: (abs(2 * size - len(word)), size)):
        first, second = pronunciations(word[:size]), _known(word[size:])
        if first and second:
            return tuple(f"{one} {other}" for one in first for other in second)[:4]
    return ()


def is_unlisted(word: str) -> bool:
    return not pronunciations(word)
