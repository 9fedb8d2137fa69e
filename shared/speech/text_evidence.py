"""What is measured of the sounds of a text, before anything is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.alignment import AlignedWord
from shared.speech.calibration import calibration
from shared.speech.phone_alignment import ExpectedWord, LogPosteriors, PhoneSpan, align_phones
from shared.speech.phone_evidence import FRAMES_PER_S, PhoneEvidence, measure_phones
from shared.speech.phones import INDEX, PHONES
from shared.speech.pronunciations import word_pronunciations
from shared.speech.sounds import Sounds
from shared.speech.text import TextWord
from shared.speech.variants import DROPPED, variant_scores

LONGEST_GROUP: Final = 20
LONGEST_CLAUSE: Final = 10
_SHORTEST_GROUP: Final = 3
_NO_FIT: Final = -99.0


@dataclass(frozen=True, slots=True, eq=False)
class SentenceEvidence:
    """One row a phone that was said in a sentence or so.

    `times_s` (n, 2) from start to end in the recording; `variants` (n, phones + 1) log likelihoods
    of the word with each phone in place of this one, the last without it, -inf where that is no
    other word.
    """

    phones: PhoneEvidence
    times_s: NDArray[np.float64]
    variants: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """`unknown` words, by their index in the text, have no known pronunciation; `fit` is the mean
    log posterior of the phones, which tells whether it is this text at all."""

    sentences: tuple[SentenceEvidence, ...]
    unknown: frozenset[int]
    fit: float


def gather(
    sounds: Sounds, text: Sequence[TextWord], aligned: Sequence[AlignedWord]
) -> TextEvidence:
    """`aligned` tells what may be missing or added.

    Words that were recognised are found in the sounds in any case, others if they are there.
    """
    words = _expected(text, aligned)
    spans = align_phones(sounds.posteriors, calibration().log_priors, words)
    inside = [[span for span in spans if span.word in group] for group in _groups(text)]
    return TextEvidence(
        tuple(_sentence(said, sounds) for said in inside if said),
        frozenset(i for i, word in enumerate(words[: len(text)]) if not word.pronunciations),
        _fit(spans, sounds.posteriors),
    )


def _sentence(spans: Sequence[PhoneSpan], sounds: Sounds) -> SentenceEvidence:
    starts = [sounds.starts_s[span.start] for span in spans]
    ends = [sounds.starts_s[span.end - 1] + 1 / FRAMES_PER_S for span in spans]
    return SentenceEvidence(
        measure_phones(spans, sounds.posteriors, sounds.frames),
        np.column_stack([starts, ends]),
        _variants(spans, sounds.likelihoods),
    )


def _variants(spans: Sequence[PhoneSpan], likelihoods: NDArray[np.float32]) -> NDArray[np.float64]:
    rows = []
    for span in spans:
        word = [each for each in spans if each.word == span.word]
        frames = likelihoods[word[0].start : word[-1].end]
        scores = variant_scores(frames, [each.phone for each in word], word.index(span))
        rows.append([scores.get(name, -np.inf) for name in (*PHONES, DROPPED)])
    return np.array(rows)


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
