"""How each phone, word and sentence of a reading was said, on the scale of human experts.

Learned from the five experts' scores of speechocean762 (Zhang et al., Interspeech 2021); see
docs/decisions/0090 to 0093 and `bench/scorer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from shared.domain.transcription import AcousticFrames
from shared.speech import networks
from shared.speech.alignment import AlignedWord
from shared.speech.calibration import calibration
from shared.speech.phone_alignment import (
    PRIOR_WEIGHT,
    ExpectedWord,
    LogPosteriors,
    PhoneSpan,
    align_phones,
)
from shared.speech.phone_evidence import FRAMES_PER_S, PhoneEvidence, measure_phones
from shared.speech.phones import INDEX
from shared.speech.pronunciations import word_pronunciations
from shared.speech.text import TextWord

POSTERIORS: Final = "phone-posteriors.onnx"
HEAD: Final = "pronunciation.onnx"
LONGEST_GROUP: Final = 20
LONGEST_CLAUSE: Final = 10
_SHORTEST_GROUP: Final = 3
_NO_FIT: Final = -99.0
_TOP: Final = 2.0  # of the experts' scale of phones, on which the head gives all its scores


@dataclass(frozen=True, slots=True)
class SpokenPhone:
    """`score` 0 to 1; `span` in frames, `start_s` and `end_s` in the recording."""

    phone: str
    start_s: float
    end_s: float
    score: float
    span: PhoneSpan


@dataclass(frozen=True, slots=True)
class Delivered:
    """The experts' other scores of the sentences, as learned, 0 to 1, weighted by their words."""

    fluency: float
    prosody: float
    total: float


@dataclass(frozen=True, slots=True)
class SpokenText:
    """What was measured of the words of a text, by their index in it.

    `scores` 0 to 1 of the words that were said; `phones` of the same words; `sentences` (accuracy
    0 to 1, number of words) of each sentence or so; `unknown` words have no known pronunciation;
    `fit` is the mean log posterior of the phones, which tells whether it is this text at all.
    `likelihoods` (frames, phones + silence) are what the alignment was made with.
    """

    scores: dict[int, float]
    phones: dict[int, list[SpokenPhone]]
    sentences: list[tuple[float, int]]
    unknown: frozenset[int]
    fit: float
    likelihoods: LogPosteriors
    delivery: Delivered | None = None


def measure_text(
    frames: Sequence[AcousticFrames], text: Sequence[TextWord], aligned: Sequence[AlignedWord]
) -> SpokenText:
    """`frames` of the whole recording; `aligned` tells what may be missing or added.

    Words that were recognised are found in the frames in any case, others if they are there.
    """
    values = np.concatenate([stretch.values for stretch in frames]).astype(np.float32)
    times = np.concatenate(
        [stretch.start_s + np.arange(len(stretch.values)) / FRAMES_PER_S for stretch in frames]
    )
    (posteriors,) = networks.run(POSTERIORS, {"frames": values})
    priors = calibration().log_priors
    words = _expected(text, aligned)
    spans = align_phones(posteriors, priors, words)
    scores: dict[int, float] = {}
    phones: dict[int, list[SpokenPhone]] = {}
    sentences: list[tuple[float, int]] = []
    others: list[list[float]] = []
    for group in _groups(text):
        inside = [span for span in spans if span.word in group]
        if not inside:
            continue
        evidence = measure_phones(inside, posteriors, values)
        of_phones, of_words, of_sentence = _judge(evidence)
        scores |= of_words
        sentences.append((of_sentence[0], len(of_words)))
        others.append(of_sentence[1:])
        for span, score in zip(inside, of_phones, strict=True):
            end = times[span.end - 1] + 1 / FRAMES_PER_S
            said = SpokenPhone(span.phone, float(times[span.start]), float(end), score, span)
            phones.setdefault(span.word, []).append(said)
    unknown = frozenset(i for i, word in enumerate(words[: len(text)]) if not word.pronunciations)
    likelihoods = posteriors - PRIOR_WEIGHT * priors
    fit = _fit(spans, posteriors)
    counts = [count for _, count in sentences]
    delivery = Delivered(*np.average(others, axis=0, weights=counts).tolist()) if others else None
    return SpokenText(scores, phones, sentences, unknown, fit, likelihoods, delivery)


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


def _judge(evidence: PhoneEvidence) -> tuple[list[float], dict[int, float], list[float]]:
    """Scores 0 to 1: of the phones in order, of the words by number, and of the sentence:
    accuracy, fluency, prosody, total."""
    numbers = [int(number) for number, _ in groupby(evidence.words)]
    membership = np.array(numbers)[:, None] == evidence.words
    phones, words, sentence = networks.run(
        HEAD,
        {
            "phones": evidence.phones,
            "values": evidence.values,
            "frames": evidence.frames,
            "group": evidence.group,
            "membership": membership.astype(np.float32),
        },
    )
    of_words = dict(zip(numbers, map(_share, words), strict=True))
    return [_share(score) for score in phones], of_words, [_share(score) for score in sentence]


def _share(score: float) -> float:
    return min(max(float(score) / _TOP, 0.0), 1.0)
