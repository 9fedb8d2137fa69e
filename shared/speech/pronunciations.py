"""How a word may be said: the dictionary's pronunciations and what accents make of them.

All of them are right; those of a word that no dictionary has are guessed from its spelling.
Non-rhotic speech, the BATH vowel, syllabic consonants and the happY vowel follow J. C. Wells,
Accents of English (1982).
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, product
from typing import Final

from shared.speech import numerals
from shared.speech.grapheme_to_phoneme import spelt
from shared.speech.lexicon import pronunciations
from shared.speech.phones import VOWELS
from shared.speech.text import TextWord
from shared.speech.unlisted import derived, plural

Pronunciation = tuple[str, ...]

MAX_PRONUNCIATIONS: Final = 12
_CENTRING: Final = {"IY": ("IH", "AH"), "IH": ("IH", "AH"), "EH": ("EH", "AH"), "UH": ("UH", "AH")}
_BATH_ENDS: Final = frozenset({"S", "F", "TH"})
_AFTER_BATH_N: Final = frozenset({"T", "S", "CH", "D"})
_SYLLABIC: Final = frozenset({"L", "N"})
_STRONG: Final = {  # the dictionary gives some words only in one of their forms
    "a": ("EY",),
    "do": ("D UH", "D AH"),
    "for": ("F AO R",),
    "the": ("DH IY",),
    "to": ("T UW", "T AH"),
}


def word_pronunciations(word: TextWord) -> tuple[Pronunciation, ...]:
    """Phones of each way to say it, the likeliest first: to find it in speech, not to judge it.

    Parts that no dictionary has are said by their spelling; () when one has no letters that are.
    """
    return _together(word, _unit)


def known_pronunciations(word: TextWord) -> tuple[Pronunciation, ...]:
    """Phones of each accepted way to say it, the dictionary's first; () when a part is unknown."""
    return _together(word, _known_unit)


def _together(
    word: TextWord, ways: Callable[[str], Sequence[Pronunciation]]
) -> tuple[Pronunciation, ...]:
    found: list[Pronunciation] = []
    readings = numerals.readings(word.text.casefold()) or [word.spoken]
    of_each = max(1, MAX_PRONUNCIATIONS // len(readings))
    for units in readings:
        said = [ways(unit) for unit in units]
        found += [sum(run, ()) for run in islice(product(*said), of_each)]
    return _distinct(found)


def _unit(unit: str) -> Sequence[Pronunciation]:
    return _known_unit(unit) or _with_accents(_by_spelling(unit))


def _known_unit(unit: str) -> Sequence[Pronunciation]:
    listed = [tuple(phones.split()) for phones in pronunciations(unit) or derived(unit)]
    return _with_accents([*listed, *(tuple(phones.split()) for phones in _STRONG.get(unit, ()))])


def _by_spelling(unit: str) -> Sequence[Pronunciation]:
    if unit.endswith("'s"):
        return [tuple(plural(" ".join(way)).split()) for way in _by_spelling(unit[:-2])]
    return spelt(unit.replace("'", ""))


def _with_accents(ways: Sequence[Pronunciation]) -> Sequence[Pronunciation]:
    return _distinct([*ways, *(said for phones in ways for said in accents(phones))])


def accents(phones: Pronunciation) -> list[Pronunciation]:
    """`phones` in other accents, by themselves and together; without `phones` itself."""
    found = [phones]
    for change in (_non_rhotic, _bath, _syllabic, _happy):
        found += [change(said) for said in found]
    return [said for said in _distinct(found) if said != phones]


def _distinct(found: Iterable[Pronunciation]) -> tuple[Pronunciation, ...]:
    return tuple(islice(dict.fromkeys(found), MAX_PRONUNCIATIONS))


def _non_rhotic(phones: Pronunciation) -> Pronunciation:
    said: list[str] = []
    for index, phone in enumerate(phones):
        before_vowel = index + 1 < len(phones) and phones[index + 1] in VOWELS
        if phone == "ER" and not before_vowel:
            said.append("AH")
        elif phone == "R" and said and said[-1] in VOWELS and not before_vowel:
            said[-1:] = _CENTRING.get(said[-1], (said[-1],))
        else:
            said.append(phone)
    return tuple(said)


def _bath(phones: Pronunciation) -> Pronunciation:
    def is_bath(index: int) -> bool:
        following = (*phones[index + 1 : index + 3], "", "")
        return following[0] in _BATH_ENDS or (following[0] == "N" and following[1] in _AFTER_BATH_N)

    return tuple(
        "AA" if phone == "AE" and is_bath(index) else phone for index, phone in enumerate(phones)
    )


def _happy(phones: Pronunciation) -> Pronunciation:
    """The last vowel of "happy", unstressed, is short in some accents."""
    if phones[-1] == "IY" and any(phone in VOWELS for phone in phones[:-1]):
        return (*phones[:-1], "IH")
    return phones


def _syllabic(phones: Pronunciation) -> Pronunciation:
    *stem, vowel, last = ("", "", *phones)
    if vowel == "AH" and last in _SYLLABIC and stem[-1] not in VOWELS and stem[-1]:
        return (*phones[:-2], last)
    return phones
