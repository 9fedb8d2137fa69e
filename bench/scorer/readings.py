"""A reading aligned with its text: which frames each phone got, and what the experts gave it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.material import Planted
from bench.scorer.corpus import LEARNER, PLANTED, Reading
from bench.scorer.recordings import Recorded
from shared.speech.exchanges import DROPPED
from shared.speech.phone_alignment import PRIOR_WEIGHT, ExpectedWord, PhoneSpan, align_phones
from shared.speech.phone_evidence import PhoneEvidence, measure_phones
from shared.speech.phones import INDEX, SILENCE, VOWELS
from shared.speech.pronunciations import known_pronunciations
from shared.speech.text import words_of

NATIVE_PHONE = 2.0
NATIVE_SCORE = 10.0
GOOD = 1.8
UNKNOWN = -1
_LONG_WORD = 5
_WORD_SCORES = {False: 4.0, True: 5.0}  # what the experts' guide gives a word with a wrong phone
_SAME_KIND, _OTHER_KIND, _GAP = 0.6, 1.6, 1.0


@dataclass
class Aligned:
    recorded: Recorded
    words: list[ExpectedWord]
    spans: list[PhoneSpan]

    @property
    def reading(self) -> Reading:
        return self.recorded.reading

    def classes(self) -> NDArray[np.int64]:
        """The class of every frame, silence where no phone was found."""
        classes = np.full(len(self.recorded.frames), SILENCE, dtype=np.int64)
        for span in self.spans:
            classes[span.start : span.end] = INDEX[span.phone]
        return classes


@dataclass
class Example:
    """What is learned from: evidence, scores (NaN where the experts gave none), and as what each
    phone was `said`: a phone's index, the one after all for none, -1 where nobody knows."""

    reading: Reading
    evidence: PhoneEvidence
    phone_scores: NDArray[np.float32]
    word_scores: NDArray[np.float32]
    sentence_scores: NDArray[np.float32]
    said: NDArray[np.int64]


def started(recorded: Recorded) -> Aligned:
    """Spread evenly over the speech, in the first pronunciations: where training starts from."""
    words = expected_words(recorded.reading)
    phones = [
        (index, position, phone)
        for index, word in enumerate(words)
        for position, phone in enumerate(word.pronunciations[0] if word.pronunciations else ())
    ]
    at = np.flatnonzero(recorded.speech)
    edges = [int(at[min(len(at) - 1, i * len(at) // len(phones))]) for i in range(len(phones))]
    edges.append(int(at[-1]) + 1)
    spans = [
        PhoneSpan(*phone, edges[i], edges[i + 1])
        for i, phone in enumerate(phones)
        if edges[i] < edges[i + 1]
    ]
    return Aligned(recorded, words, spans)


def expected_words(reading: Reading) -> list[ExpectedWord]:
    """With the experts' own phones for words that no dictionary has."""
    words = [known_pronunciations(word) for word in words_of(reading.text, "en")]
    labels = reading.phone_labels or ()
    return [
        ExpectedWord(word or ((labels[i][0],) if i < len(labels) else ()))
        for i, word in enumerate(words)
    ]


def realign(aligned: Aligned, posteriors: NDArray[np.float32], priors: NDArray[np.float32]) -> None:
    aligned.spans = align_phones(posteriors, priors, aligned.words) or aligned.spans


def phone_scores(aligned: Aligned) -> NDArray[np.float32]:
    """The experts' score of each span, 2 for native speakers, NaN for phones they did not have."""
    if aligned.reading.phone_labels is None:
        return np.full(len(aligned.spans), NATIVE_PHONE, dtype=np.float32)
    found = np.full(len(aligned.spans), np.nan, dtype=np.float32)
    for index, (phones, scores) in enumerate(aligned.reading.phone_labels):
        rows = [row for row, span in enumerate(aligned.spans) if span.word == index]
        matched = _matched([aligned.spans[row].phone for row in rows], phones)
        for row, label in zip(rows, matched, strict=True):
            if label is not None:
                found[row] = scores[label]
    return found


def evidence_of(
    recorded: Recorded,
    spans: Sequence[PhoneSpan],
    posteriors: NDArray[np.float32],
    priors: NDArray[np.float32],
) -> PhoneEvidence:
    likelihoods = posteriors - PRIOR_WEIGHT * priors
    return measure_phones(spans, posteriors, likelihoods, recorded.frames, recorded.cepstra)


def example(
    aligned: Aligned, posteriors: NDArray[np.float32], priors: NDArray[np.float32]
) -> Example:
    """As the experts scored it, or as a native voice that made the errors it was told to make."""
    reading = aligned.reading
    expert = reading.kind == LEARNER
    words = (reading.word_scores or ()) if expert else [NATIVE_SCORE] * len(aligned.words)
    sentence = (reading.sentence_scores or ()) if expert else [NATIVE_SCORE] * 4
    scores = phone_scores(aligned)
    evidence = evidence_of(aligned.recorded, aligned.spans, posteriors, priors)
    found = Example(
        reading,
        evidence,
        scores,
        np.array(words, dtype=np.float32),
        np.array(sentence, dtype=np.float32),
        np.where(scores >= GOOD, evidence.phones, UNKNOWN),
    )
    for error in reading.errors:
        _mark(found, aligned.spans, error)
    if reading.kind == PLANTED:
        found.sentence_scores[:] = np.nan
    return found


def word_with_error(phones: int) -> float:
    """The score of a word of so many phones, one of them wrong."""
    return _WORD_SCORES[phones >= _LONG_WORD]


def _mark(example: Example, spans: Sequence[PhoneSpan], error: Planted) -> None:
    """Where the phone is not in the way that the word was taken to be said, nothing is known."""
    rows = [row for row, span in enumerate(spans) if span.word == error.index]
    at = [row for row in rows if spans[row].phone == error.expected]
    if len(at) != 1:
        example.phone_scores[rows] = example.word_scores[error.index] = np.nan
        example.said[rows] = UNKNOWN
        return
    example.phone_scores[at[0]] = 0.0
    example.word_scores[error.index] = word_with_error(len(rows))
    example.said[at[0]] = INDEX[error.said] if error.said else DROPPED


def _matched(ours: Sequence[str], theirs: Sequence[str]) -> list[int | None]:
    """For each of `ours` its counterpart in `theirs`, by the cheapest edit path."""
    costs = np.zeros((len(ours) + 1, len(theirs) + 1))
    costs[:, 0] = np.arange(len(ours) + 1) * _GAP
    costs[0] = np.arange(len(theirs) + 1) * _GAP
    for i, one in enumerate(ours, 1):
        for j, other in enumerate(theirs, 1):
            swap = costs[i - 1, j - 1] + _cost(one, other)
            costs[i, j] = min(swap, costs[i - 1, j] + _GAP, costs[i, j - 1] + _GAP)
    found: list[int | None] = [None] * len(ours)
    i, j = len(ours), len(theirs)
    while i and j:
        if np.isclose(costs[i, j], costs[i - 1, j - 1] + _cost(ours[i - 1], theirs[j - 1])):
            i, j = i - 1, j - 1
            found[i] = j
        elif np.isclose(costs[i, j], costs[i - 1, j] + _GAP):
            i -= 1
        else:
            j -= 1
    return found


def _cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _SAME_KIND if (one in VOWELS) == (other in VOWELS) else _OTHER_KIND
