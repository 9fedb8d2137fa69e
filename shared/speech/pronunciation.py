"""How each phone, word and sentence of a reading was said, on the scale of human experts.

Learned from the five experts' scores of speechocean762 (Zhang et al., Interspeech 2021); see
docs/decisions/0090 to 0093 and `bench/scorer`.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech import networks
from shared.speech.heard import doubts, errors, is_weak_word, log_shares, weak_phones
from shared.speech.phone_evidence import PhoneEvidence
from shared.speech.phones import PHONES
from shared.speech.text_evidence import SentenceEvidence, TextEvidence

HEAD: Final = "pronunciation.onnx"
_TOP: Final = 2.0  # of the experts' scale of phones, on which the head gives all its scores


@dataclass(frozen=True, slots=True, eq=False)
class SpokenPhone:
    """`score` 0 to 1; `start_s` and `end_s` in the recording; `error` the likeliest one (ARPAbet,
    "" for a phone left out) with the probability that it was made; `weak` where what the phone may
    have been said as is a contrast that is heard badly."""

    phone: str
    start_s: float
    end_s: float
    score: float
    error: tuple[str, float]
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """The experts' other scores of the sentences, as learned, 0 to 1, weighted by their words."""

    fluency: float
    prosody: float
    total: float


@dataclass(frozen=True, slots=True)
class SpokenText:
    """What was judged of the words of a text, by their index in it.

    `scores` 0 to 1 of the words that were said; `phones` of the same words; `sentences` (accuracy
    0 to 1, number of words) of each sentence or so; `unknown` words have no known pronunciation
    and are in none of these; of `weak` words the likeliest fault is a contrast that is heard badly.
    """

    scores: dict[int, float]
    phones: dict[int, list[SpokenPhone]]
    sentences: list[tuple[float, int]]
    unknown: frozenset[int]
    weak: frozenset[int] = frozenset()
    delivery: Delivered | None = None


def judge_text(evidence: TextEvidence) -> SpokenText:
    """Raises `Unavailable` (`scorer_unavailable`) when the network is not the one pinned."""
    scores: dict[int, float] = {}
    phones: dict[int, list[SpokenPhone]] = {}
    sentences: list[tuple[float, int]] = []
    others: list[list[float]] = []
    weak: set[int] = set()
    for sentence in evidence.sentences:
        shares = log_shares(sentence.phones)
        of_phones, of_all, of_sentence = _judge(sentence.phones, shares)
        of_words = {word: of_all[word] for word in of_all if word not in evidence.unknown}
        scores |= of_words
        sentences.append((of_sentence[0], len(of_words)))
        others.append(of_sentence[1:])
        for word, score in of_words.items():
            rows = np.flatnonzero(sentence.phones.words == word)
            phones[word] = _spoken(sentence, rows, shares[rows], np.array(of_phones)[rows], score)
            if is_weak_word(sentence.phones.phones[rows], shares[rows]):
                weak.add(word)
    counts = [count for _, count in sentences]
    delivery = Delivered(*np.average(others, axis=0, weights=counts).tolist()) if others else None
    return SpokenText(scores, phones, sentences, evidence.unknown, frozenset(weak), delivery)


def _spoken(
    sentence: SentenceEvidence,
    rows: NDArray[np.intp],
    shares: NDArray[np.float32],
    scores: NDArray[np.float64],
    score: float,
) -> list[SpokenPhone]:
    phones, times = sentence.phones.phones[rows], sentence.times_s[rows].tolist()
    found = errors(phones, shares, scores, score)
    weak = weak_phones(phones, shares).tolist()
    return [
        SpokenPhone(PHONES[phone], start, end, *judged)
        for phone, (start, end), *judged in zip(
            phones, times, scores.tolist(), found, weak, strict=True
        )
    ]


def _judge(
    evidence: PhoneEvidence, shares: NDArray[np.float32]
) -> tuple[list[float], dict[int, float], list[float]]:
    """Scores 0 to 1: of the phones in order, of the words by number, and of the sentence:
    accuracy, fluency, prosody, total."""
    numbers = [int(number) for number, _ in groupby(evidence.words)]
    membership = np.array(numbers)[:, None] == evidence.words
    phones, words, sentence = networks.run(
        HEAD,
        {
            "phones": evidence.phones,
            "values": np.concatenate([evidence.values, doubts(evidence.phones, shares)], axis=1),
            "frames": evidence.frames,
            "group": evidence.group,
            "membership": membership.astype(np.float32),
        },
    )
    of_words = dict(zip(numbers, map(_share, words), strict=True))
    return [_share(score) for score in phones], of_words, [_share(score) for score in sentence]


def _share(score: float) -> float:
    return min(max(float(score) / _TOP, 0.0), 1.0)
