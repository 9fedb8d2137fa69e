"""Words of a text or transcript, each with the forms in which it may be said.

English words know their spoken units, numerals and contractions written out, other spellings
and pronunciation; words of other languages are only freed of case and punctuation.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from shared.speech import numerals
from shared.speech.lexicon import pronunciations
from shared.speech.spelling import canonical_spelling

FILLERS: Final = frozenset(
    {"ah", "eh", "er", "erm", "hm", "hmm", "mm", "mmm", "uh", "uhh", "uhm", "um", "umm"}
)
_MAX_SOUNDS: Final = 16
_MAX_ACRONYM: Final = 5
_BREAK: Final = re.compile(r"(?:—|–|--+|\.\.\.|…|(?<=[^\W\d])/(?=[^\W\d]))")  # noqa: RUF001
_JOINT: Final = re.compile(r"[-‐‑—–/…]|\.\.\.")  # noqa: RUF001  (hyphens and dashes)
_CORE: Final = re.compile(r"(?:'(?=(?:em|cause|til|tis|twas)\b)|[-+]?[$£€]?(?=\d)|)\w.*?(?=\W*$)")
_CLAUSE_END: Final = re.compile(r"[,;:.!?…—–)]")  # noqa: RUF001
_SENTENCE_END: Final = re.compile(r"(?<!\.)[.!?](?!\.)")
_APOSTROPHES: Final = str.maketrans("’‘ʼ`", "''''")  # noqa: RUF001
_ABBREVIATIONS: Final = {
    "capt": ["captain"],
    "dr": ["doctor", "drive"],
    "etc": ["et cetera"],
    "gen": ["general"],
    "jr": ["junior"],
    "lt": ["lieutenant"],
    "mr": ["mister"],
    "mrs": ["missus"],
    "ms": ["miss"],
    "mt": ["mount"],
    "prof": ["professor"],
    "sgt": ["sergeant"],
    "sr": ["senior"],
    "st": ["saint", "street"],
    "vs": ["versus"],
}
_SYMBOLS: Final = {"&": "and", "@": "at", "%": "percent"}
_CONTRACTIONS: Final = {
    "ain't": ["is not", "am not", "are not"],
    "can't": ["can not"],
    "cannot": ["can not"],
    "'cause": ["because"],
    "'em": ["them"],
    "gonna": ["going to"],
    "gotta": ["got to"],
    "let's": ["let us"],
    "shan't": ["shall not"],
    "'til": ["until"],
    "'tis": ["it is"],
    "'twas": ["it was"],
    "wanna": ["want to"],
    "won't": ["will not"],
}
_ENDINGS: Final = (
    ("n't", ("not",)),
    ("'re", ("are",)),
    ("'ve", ("have",)),
    ("'ll", ("will", "shall")),
    ("'d", ("would", "had")),
    ("'m", ("am",)),
    ("'s", ("is", "has")),
)


@dataclass(frozen=True, slots=True)
class TextWord:
    """One word of a text.

    `text` is its spelling without the punctuation around it, `spoken` the units it is said in,
    `readings` every way to say it as letters without spaces, `sounds` its phones where known.
    """

    text: str
    spoken: tuple[str, ...]
    readings: frozenset[str]
    sounds: frozenset[str]
    ends_clause: bool
    ends_sentence: bool

    @property
    def is_filler(self) -> bool:
        return self.spoken[0] in FILLERS and len(self.spoken) == 1


def words_of(text: str, language: str) -> list[TextWord]:
    """The words of `text` in order; their positions are the `reference_index` of an analysis."""
    return [word for token in _tokens(text) if (word := word_of(token, language))]


def word_of(token: str, language: str) -> TextWord | None:
    """One word from a token without spaces; None when it holds neither letter nor digit."""
    token = token.translate(_APOSTROPHES)
    core = _CORE.search(token)
    if core is None:
        return _symbol(token, language)
    text, tail = core[0], token[core.end() :]
    if text[0].isdigit() or text[0] in "$£€+-":
        text += "%" if tail.startswith("%") else ""
    lower = text.casefold()
    if language != "en":
        return _word(text, (lower,), {lower}, frozenset(), tail)
    abbreviation = lower.rstrip(".") in _ABBREVIATIONS
    alternatives = [tuple(initials)] if (initials := _initials(text)) else _alternatives(lower)
    return _word(
        text,
        alternatives[0],
        {"".join(map(_letters, units)) for units in alternatives},
        _sounds(alternatives[0]),
        tail.removeprefix(".") if abbreviation else tail,
    )


def joined_sounds(words: Iterable[TextWord]) -> frozenset[str]:
    """The ways a run of words sounds, without boundaries; empty when one is unknown."""
    runs = product(*(sorted(word.sounds) for word in words))
    return frozenset(" ".join(run) for run in islice(runs, _MAX_SOUNDS))


def _tokens(text: str) -> Iterator[str]:
    """Tokens split at spaces and dashes; a dash belongs to the word before it."""
    pending = ""
    for token in _BREAK.sub(lambda match: match[0] + " ", text).split():
        if any(char.isalnum() or char in _SYMBOLS for char in token):
            if pending:
                yield pending
            pending = token
        else:
            pending += token
    if pending:
        yield pending


def _symbol(token: str, language: str) -> TextWord | None:
    name = next((_SYMBOLS[char] for char in token if char in _SYMBOLS), None)
    if name is None or language != "en":
        return None
    return _word(token, (name,), {name}, _sounds((name,)), "")


def _word(
    text: str, spoken: tuple[str, ...], readings: set[str], sounds: frozenset[str], tail: str
) -> TextWord:
    return TextWord(
        text,
        spoken,
        frozenset(readings),
        sounds,
        ends_clause=bool(_CLAUSE_END.search(tail)),
        ends_sentence=bool(_SENTENCE_END.search(tail)),
    )


def _initials(text: str) -> str:
    """The letters of "e.g", "U.S" or "BBC", which are said one by one; else nothing."""
    lower = text.casefold()
    if "." in text and all(len(part) == 1 and part.isalpha() for part in text.split(".")):
        return lower.replace(".", "")
    is_acronym = text.isupper() and text.isalpha() and not pronunciations(lower)
    return lower if is_acronym and len(text) <= _MAX_ACRONYM else ""


def _alternatives(lower: str) -> list[tuple[str, ...]]:
    """The ways to say a lower-case English word, in units; the first is the usual one."""
    if found := numerals.readings(lower):
        return found
    parts = [part for part in _JOINT.split(lower) if part]
    if len(parts) > 1:
        runs = product(*(_alternatives(part) for part in parts))
        return [sum(run, ()) for run in islice(runs, _MAX_SOUNDS)]
    if lower in _ABBREVIATIONS:
        return [tuple(name.split()) for name in _ABBREVIATIONS[lower]] + [(lower,)]
    if lower in _CONTRACTIONS:
        return [(lower,), *(tuple(full.split()) for full in _CONTRACTIONS[lower])]
    for ending, full in _ENDINGS:
        if lower.endswith(ending) and len(lower) > len(ending):
            stem = lower.removesuffix(ending)
            return [(lower,), *((stem, word) for word in full)]
    return [(lower,)]


def _letters(unit: str) -> str:
    return "".join(filter(str.isalnum, canonical_spelling(unit)))


def _sounds(units: tuple[str, ...]) -> frozenset[str]:
    runs = product(*(pronunciations(unit) for unit in units))
    return frozenset(" ".join(run) for run in islice(runs, _MAX_SOUNDS))
