"""How far the name of an error can be trusted: a logistic regression over its signs.

Learned from errors that synthetic voices were told to make, each judged by networks that had not
heard its synthesiser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scorer.corpus import PLANTED
from bench.scorer.measures import Scored
from bench.scorer.readings import UNKNOWN, Example
from shared.speech.heard import signs, wrong_shares

RIGHT_OF_TOLD = 0.85
_PENALTY = 1.0
_STEPS = 30
_LEAST_TOLD = 30


@dataclass(frozen=True)
class Naming:
    """`weights` of the signs and of 1; told from `least` on. `right` of what was told in the
    planted readings, and the share of planted errors that it found."""

    weights: NDArray[np.float64]
    least: float
    right: float
    found: float


def learn_naming(
    examples: Sequence[Example], shares: Sequence[NDArray[np.float32]], scored: Mapping[str, Scored]
) -> Naming:
    rows, labels, planted = [], [], 0
    for example, of_each in zip(examples, shares, strict=True):
        if example.reading.kind != PLANTED:
            continue
        evidence, scores = example.evidence, scored[example.reading.id]
        named = wrong_shares(evidence.phones, of_each).argmax(axis=1)
        wrong = (example.said != UNKNOWN) & (example.said != evidence.phones)
        planted += int(wrong.sum())
        for word in np.unique(evidence.words):
            at = np.flatnonzero(evidence.words == word)
            if (example.said[at] == UNKNOWN).any():
                continue
            phones = np.clip(scores.phones[at] / 2, 0, 1)
            whole = float(np.clip(scores.words[word] / 10, 0, 1))
            rows.append(signs(evidence.phones[at], of_each[at], phones, whole))
            labels.append(wrong[at] & (named[at] == example.said[at]))
    inputs, right = np.concatenate(rows), np.concatenate(labels).astype(float)
    weights = _logistic(inputs, right)
    sure = _probabilities(inputs, weights)
    order = np.argsort(-sure)
    shares_right = right[order].cumsum() / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((shares_right >= RIGHT_OF_TOLD)[_LEAST_TOLD:])
    last = int(enough[-1]) + _LEAST_TOLD if len(enough) else _LEAST_TOLD
    return Naming(
        weights,
        float(sure[order[last]]),
        float(shares_right[last]),
        float(right[order[: last + 1]].sum() / planted),
    )


def _logistic(inputs: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximum likelihood with a small ridge, by Newton's method."""
    with_one = np.column_stack([inputs, np.ones(len(inputs))])
    weights = np.zeros(with_one.shape[1])
    for _ in range(_STEPS):
        found = 1 / (1 + np.exp(-with_one @ weights))
        slope = with_one.T @ (right - found) - _PENALTY * weights
        spread = (found * (1 - found))[:, None] * with_one
        weights += np.linalg.solve(with_one.T @ spread + _PENALTY * np.eye(len(weights)), slope)
    return weights


def _probabilities(
    inputs: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-inputs @ weights[:-1] - weights[-1])))
