"""What is measured of the sounds of a text, before anything is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.alignment import AlignedWord
from shared.speech.calibration import calibration
from shared.speech.cepstra import Cepstra
from shared.speech.phone_alignment import ExpectedWord, LogPosteriors, PhoneSpan, align_phones
from shared.speech.phone_evidence import FRAMES_PER_S, PhoneEvidence, measure_phones
from shared.speech.phones import INDEX
from shared.speech.pronunciations import known_pronunciations, word_pronunciations
from shared.speech.sounds import Sounds
from shared.speech.text import TextWord

LONGEST_GROUP: Final = 20
LONGEST_CLAUSE: Final = 10
_SHORTEST_GROUP: Final = 3
_NO_FIT: Final = -99.0


@dataclass(frozen=True, slots=True, eq=False)
class SentenceEvidence:
    """One row a phone that was said in a sentence or so.

    `times_s` (n, 2) from start to end in the recording.
    """

    phones: PhoneEvidence
    times_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """`unknown` words, by their index in the text, have no known pronunciation: where they are
    said is found by their spelling, for the words beside them, and not judged. `fit` is the mean
    log posterior of the other words' phones, which tells whether it is this text at all."""

    sentences: tuple[SentenceEvidence, ...]
    unknown: frozenset[int]
    fit: float


def gather(
    sounds: Sounds, cepstra: Cepstra, text: Sequence[TextWord], aligned: Sequence[AlignedWord]
) -> TextEvidence:
    """`cepstra` are of each half of a frame of the sounds; `aligned` tells what may be missing or
    added.

    Words that were recognised are found in the sounds in any case, others if they are there.
    """
    words = _expected(text, aligned)
    spans = align_phones(sounds.posteriors, calibration().log_priors, words)
    unknown = frozenset(i for i, word in enumerate(text) if not known_pronunciations(word))
    inside = [[span for span in spans if span.word in group] for group in _groups(text)]
    known = [span for span in spans if span.word not in unknown]
    judged = {span.word for span in known}
    return TextEvidence(
        tuple(
            _sentence(said, sounds, cepstra)
            for said in inside
            if not judged.isdisjoint(span.word for span in said)
        ),
        unknown,
        _fit(known, sounds.posteriors),
    )


def _sentence(spans: Sequence[PhoneSpan], sounds: Sounds, cepstra: Cepstra) -> SentenceEvidence:
    starts = [sounds.starts_s[span.start] for span in spans]
    ends = [sounds.starts_s[span.end - 1] + 1 / FRAMES_PER_S for span in spans]
    return SentenceEvidence(
        measure_phones(spans, sounds.posteriors, sounds.likelihoods, sounds.frames, cepstra),
        np.column_stack([starts, ends]),
    )


def _fit(spans: Sequence[PhoneSpan], posteriors: LogPosteriors) -> float:
    if not spans:
        return _NO_FIT
    each = [posteriors[span.start : span.end, INDEX[span.phone]].mean() for span in spans]
    return float(np.mean(each))


def _expected(text: Sequence[TextWord], aligned: Sequence[AlignedWord]) -> list[ExpectedWord]:
    """The words in the order of the text; at the end, whatever else was said last."""
    omitted = {i for item in aligned if item.result == "omitted" for i in item.reference}
    after_other: set[int] = set()
    following = 0
    for item in aligned:
        if item.reference:
            following = item.reference.stop
        else:
            after_other.add(following)
    words = [
        ExpectedWord(word_pronunciations(word), i in omitted, i in after_other)
        for i, word in enumerate(text)
    ]
    if len(text) in after_other:
        words.append(ExpectedWord((), optional=True))
    return words


def _groups(text: Sequence[TextWord]) -> list[range]:
    """The text in sentences, long ones in clauses: what experts were given to score."""
    groups: list[range] = []
    start = 0
    for i, word in enumerate(text, 1):
        size = i - start
        ends = word.ends_sentence or (word.ends_clause and size >= LONGEST_CLAUSE)
        if (ends and size >= _SHORTEST_GROUP) or size >= LONGEST_GROUP:
            groups.append(range(start, i))
            start = i
    rest = range(start, len(text))
    if groups and 0 < len(rest) < _SHORTEST_GROUP:
        return [*groups[:-1], range(groups[-1].start, len(text))]
    return [*groups, rest] if rest else groups
