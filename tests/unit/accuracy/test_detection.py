"""Areas, thresholds and correlations of hand-made scores."""

import numpy as np
import pytest

from bench.accuracy.detection import area_under_curve, pearson, share_below, threshold


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ([1, 2], [3, 4], 1.0),
        ([3, 4], [1, 2], 0.0),
        ([1, 2], [1, 2], 0.5),
        ([5, 5], [5, 5], 0.5),
        ([1, 3], [2, 4], 0.75),
    ],
)
def test_the_area_is_the_share_of_pairs_in_order(
    wrong: list[float], right: list[float], expected: float
) -> None:
    assert area_under_curve(wrong, right) == pytest.approx(expected)


def test_one_class_alone_has_no_area() -> None:
    assert area_under_curve([], [1]) is None
    assert area_under_curve([1], []) is None


def test_at_most_the_share_lies_below_the_threshold() -> None:
    right = [float(score) for score in range(100)]
    assert threshold(right, 0.05) == 5
    assert share_below(right, threshold(right, 0.05)) == pytest.approx(0.05)
    tied = [50.0] * 100
    assert share_below(tied, threshold(tied, 0.05)) == 0
    assert threshold([], 0.05) is None


def test_the_share_below_needs_scores_and_a_threshold() -> None:
    assert share_below([1, 2, 3, 4], 3) == 0.5
    assert share_below([], 3) is None
    assert share_below([1], None) is None


def test_correlation_is_pearsons() -> None:
    pairs = [(1, 2), (2, 1), (3, 5), (4, 4)]
    expected = np.corrcoef([1, 2, 3, 4], [2, 1, 5, 4])[0, 1]
    assert pearson(pairs) == pytest.approx(expected)
    assert pearson([(1, 3), (2, 2), (3, 1)]) == pytest.approx(-1)
    assert pearson([(1, 3), (2, 2)]) is None
    assert pearson([(1, 3), (1, 2), (1, 1)]) is None
