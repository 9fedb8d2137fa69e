"""Errors planted by altering the text instead of the speech.

A speaker who said "sing" read "thing" with S for TH, if "thing" is taken for the text. Right
readings so become readings with an error at a known place, in any voice: native ones, of which
no others have errors, and learners'.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.scorer.readings import (
    GOOD,
    UNKNOWN,
    Aligned,
    Example,
    evidence_of,
    phone_scores,
    word_with_error,
)
from shared.speech.exchanges import DROPPED
from shared.speech.phone_alignment import ExpectedWord, align_phones
from shared.speech.phones import INDEX, PHONES, VOWELS
from shared.speech.variants import is_accepted

ALTERED = "altered"
# what was said: what the text may have asked for instead
EXPECTED_FOR = {
    "AA": ("ER", "AW", "AY"),
    "AE": ("EH", "AY"),
    "AO": ("OY", "AW", "ER"),
    "AY": ("EY", "OY"),
    "B": ("P", "V"),
    "CH": ("JH", "T"),
    "D": ("DH", "TH", "JH"),
    "EH": ("AE", "EY"),
    "EY": ("EH", "AY", "AE"),
    "F": ("TH", "V", "P"),
    "G": ("K",),
    "IH": ("IY", "EH"),
    "IY": ("IH",),
    "JH": ("ZH", "CH", "Z"),
    "K": ("G",),
    "L": ("R", "N"),
    "M": ("N",),
    "N": ("NG", "L", "M"),
    "OW": ("AO", "AW"),
    "P": ("B", "F"),
    "R": ("L",),
    "S": ("TH", "SH", "Z"),
    "SH": ("S", "CH", "ZH"),
    "T": ("TH", "CH"),
    "UH": ("UW",),
    "UW": ("UH",),
    "V": ("W", "DH", "F"),
    "W": ("V", "R"),
    "Z": ("DH", "JH", "ZH", "S"),
}
_DROPPED = ("T", "D", "K", "S", "Z", "L", "N", "V", "TH", "P", "M", "G", "R", "F")
_DROPPED_SHARE, _LIKELY_SHARE = 0.3, 0.8


def altered(
    reading: Aligned,
    posteriors: NDArray[np.float32],
    priors: NDArray[np.float32],
    random: np.random.Generator,
) -> Example | None:
    """The reading with one phone of its text changed or added, at which the score is 0.

    The word's score is what the experts' guide gives a word with one wrong phone; sentences have
    none. None where nothing can be altered.
    """
    scores = phone_scores(reading)
    row = int(random.integers(len(reading.spans)))
    span = reading.spans[row]
    said = [each for each in reading.spans if each.word == span.word]
    if not scores[row] >= GOOD or len(said) < 2:  # noqa: PLR2004
        return None
    phones = [each.phone for each in said]
    position = said.index(span)
    instead = INDEX[span.phone]
    if random.random() < _DROPPED_SHARE:
        instead = DROPPED
        position += span.phone not in VOWELS
        phones.insert(position, str(random.choice(_DROPPED)))
    else:
        phones[position] = _other(span.phone, random)
    if is_accepted(span.phone, phones[position]) or _is_known(phones, reading.words[span.word]):
        return None
    words = [replace(word) for word in reading.words]
    words[span.word] = ExpectedWord((tuple(phones),))
    spans = align_phones(posteriors, priors, words)
    labels = {(each.word, each.phone): s for each, s in zip(reading.spans, scores, strict=True)}
    if not spans:
        return None
    found = [labels.get((each.word, each.phone), np.nan) for each in spans]
    word_scores = np.array(reading.reading.word_scores or [10.0] * len(words), dtype=np.float32)
    word_scores[span.word] = min(word_scores[span.word], word_with_error(len(phones)))
    evidence = evidence_of(reading.recorded, spans, posteriors, priors)
    here = np.array([(each.word, each.position) == (span.word, position) for each in spans])
    marks = np.where(here, 0.0, found).astype(np.float32)
    known = np.where(marks >= GOOD, evidence.phones, UNKNOWN)
    heard = np.where(here, instead, known)
    return Example(
        replace(
            reading.reading,
            id=f"{reading.reading.id}~{span.word}~{random.integers(1 << 30)}",
            kind=ALTERED,
        ),
        evidence,
        marks,
        word_scores,
        np.full(4, np.nan, dtype=np.float32),
        heard,
    )


def _other(phone: str, random: np.random.Generator) -> str:
    likely: Sequence[str] = EXPECTED_FOR.get(phone, ())
    if likely and random.random() < _LIKELY_SHARE:
        return str(random.choice(likely))
    return str(random.choice([p for p in PHONES if (p in VOWELS) == (phone in VOWELS)]))


def _is_known(phones: Sequence[str], word: ExpectedWord) -> bool:
    """Whether that is a way to say the word after all."""
    return any(
        len(known) == len(phones) and all(map(is_accepted, phones, known))
        for known in word.pronunciations
    )
