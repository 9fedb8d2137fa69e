"""How close scores come to the experts': Pearson correlation, and areas under the ROC curve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.goals import PUBLISHED
from bench.scorer.corpus import LEARNER, SENTENCE_SCORES
from bench.scorer.readings import Example

_BAD_WORD, _GOOD_WORD = 4, 9


@dataclass(frozen=True)
class Scored:
    """Phones 0 to 2, words and sentence 0 to 10."""

    phones: NDArray[np.float32]
    words: NDArray[np.float32]
    sentence: NDArray[np.float32]


def correlations(examples: Sequence[Example], scored: Mapping[str, Scored]) -> dict[str, float]:
    """Over the learners of `examples`, each against its entry in `scored` by the reading's id."""
    of_learners = [e for e in examples if e.reading.kind == LEARNER and e.reading.id in scored]
    mine = [scored[e.reading.id] for e in of_learners]
    words = np.concatenate([s.words for s in mine])
    experts = np.concatenate([e.word_scores for e in of_learners])
    found = {
        "phone": _pearson([s.phones for s in mine], [e.phone_scores for e in of_learners]),
        "word accuracy": _pearson([words], [experts]),
    }
    for at, name in enumerate(SENTENCE_SCORES):
        theirs = [e.sentence_scores[at : at + 1] for e in of_learners]
        found[f"sentence {name}"] = _pearson([s.sentence[at : at + 1] for s in mine], theirs)
    bad, good = words[experts <= _BAD_WORD], words[experts >= _GOOD_WORD]
    return {**found, "AUC of bad words": area_under_curve(-bad, -good)}


def area_under_curve(positive: NDArray[np.float32], negative: NDArray[np.float32]) -> float:
    """The share of pairs in which the positive one has the higher value."""
    ranks = np.concatenate([positive, negative]).argsort().argsort()[: len(positive)]
    above = ranks.sum() - len(positive) * (len(positive) - 1) / 2
    return float(above / (len(positive) * len(negative)))


def table(found: Mapping[str, float]) -> str:
    lines = [f"{'':20}{'here':>8}{'GOPT':>8}"]
    for name, value in found.items():
        published = f"{PUBLISHED[name]:8.3f}" if name in PUBLISHED else ""
        lines.append(f"{name:20}{value:8.3f}{published}")
    return "\n".join(lines)


def _pearson(mine: Sequence[NDArray[np.float32]], theirs: Sequence[NDArray[np.float32]]) -> float:
    one, other = np.concatenate(mine), np.concatenate(theirs)
    known = ~np.isnan(other)
    return float(np.corrcoef(one[known], other[known])[0, 1])
