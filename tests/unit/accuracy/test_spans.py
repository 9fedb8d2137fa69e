"""Pauses and fillers found, false and timed, over hand-made spans."""

import pytest

from bench.accuracy.material import Span
from bench.accuracy.spans import score_fillers, score_pauses


def test_a_pause_is_matched_once_and_its_edges_are_timed() -> None:
    true = [Span(1.0, 1.5), Span(3.0, 4.0), Span(6.0, 6.4)]
    found = [Span(1.02, 1.46), Span(3.1, 4.0), Span(8.0, 8.5)]
    scored = score_pauses([(true, found)])
    assert (scored.there, scored.found, scored.false) == (3, 2, 1)
    assert scored.edges_within_50_ms == pytest.approx(3 / 4)
    assert scored.edge_error_s == pytest.approx((0.02 + 0.04 + 0.1 + 0.0) / 4)
    assert scored.duration_error_s == pytest.approx((0.06 + 0.1) / 2)


def test_two_halves_of_a_pause_are_one_hit_and_one_false() -> None:
    scored = score_pauses([([Span(1.0, 2.0)], [Span(1.0, 1.3), Span(1.4, 2.0)])])
    assert (scored.found, scored.false) == (1, 1)
    assert scored.duration_error_s == pytest.approx(0.4)


def test_one_found_over_two_true_ones_finds_one() -> None:
    scored = score_pauses([([Span(1.0, 1.4), Span(1.6, 2.5)], [Span(1.0, 2.5)])])
    assert (scored.there, scored.found, scored.false) == (2, 1, 0)


def test_recordings_are_counted_together_and_apart() -> None:
    scored = score_pauses([([Span(1.0, 2.0)], []), ([], [Span(1.0, 2.0)])])
    assert (scored.there, scored.found, scored.false) == (1, 0, 1)
    assert scored.edge_error_s is None


def test_fillers_near_the_true_place_are_found() -> None:
    true = [Span(1.0, 1.2), Span(5.0, 5.3)]
    found = [Span(1.4, 1.5), Span(9.0, 9.2)]
    scored = score_fillers([(true, found, 30.0), ([], [], 30.0)])
    assert (scored.there, scored.found, scored.false) == (2, 1, 1)
    assert scored.recall == scored.precision == pytest.approx(0.5)
    assert scored.false_per_minute == pytest.approx(1.0)


def test_one_filler_cannot_be_found_twice() -> None:
    scored = score_fillers([([Span(1.0, 1.2)], [Span(1.0, 1.1), Span(1.1, 1.2)], 60.0)])
    assert (scored.found, scored.false) == (1, 1)


def test_without_fillers_nothing_is_known() -> None:
    scored = score_fillers([([], [], 0.0)])
    assert (scored.recall, scored.precision, scored.false_per_minute) == (None, None, None)
