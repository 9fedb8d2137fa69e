"""How well a score tells wrong from right, and how close it comes to the experts'."""

from collections.abc import Sequence

import numpy as np

_LEAST = 3


def area_under_curve(wrong: Sequence[float], right: Sequence[float]) -> float | None:
    """Share of pairs in which the wrong one scores lower, equal ones half (Mann-Whitney U)."""
    if not wrong or not right:
        return None
    ordered = np.sort(right)
    below = np.searchsorted(ordered, wrong, "left")
    up_to = np.searchsorted(ordered, wrong, "right")
    above = len(ordered) - (below + up_to) / 2
    return float(above.mean() / len(ordered))


def threshold(right: Sequence[float], share: float) -> float | None:
    """The highest score below which at most `share` of the right ones lie."""
    if not right:
        return None
    ordered = np.sort(right)
    return float(ordered[int(share * len(ordered))])


def share_below(scores: Sequence[float], limit: float | None) -> float | None:
    if limit is None or not scores:
        return None
    return float(np.mean(np.asarray(scores) < limit))


def pearson(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Correlation of the pairs; None for fewer than three or where one side never changes."""
    values = np.array(pairs, dtype=float).reshape(-1, 2)
    if len(values) < _LEAST or (values.std(axis=0) == 0).any():
        return None
    return float(np.corrcoef(values.T)[0, 1])
