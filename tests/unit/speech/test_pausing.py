import pytest

from shared.domain.analysis import Pause
from shared.speech.pausing import (
    long_pauses_per_word,
    mid_clause_pause_share,
    very_long_pauses,
)


def pause(seconds, within_clause=None):
    return Pause(1.0, 1.0 + seconds, seconds, within_clause=within_clause)


def test_half_a_second_is_long_and_a_second_is_very_long():
    pauses = [pause(seconds) for seconds in (0.25, 0.49, 0.5, 0.99, 1.0, 2.5)]
    assert long_pauses_per_word(pauses, 20) == pytest.approx(4 / 20)
    assert very_long_pauses(pauses) == 2


def test_without_words_there_is_no_share():
    assert long_pauses_per_word([pause(1)], 0) is None
    assert long_pauses_per_word([], 5) == 0


def test_the_share_within_clauses_counts_pauses_whose_place_is_known():
    pauses = [pause(1, True), pause(1, False), pause(1, False), pause(1), pause(1, True)]
    assert mid_clause_pause_share(pauses) == pytest.approx(0.5)
    assert mid_clause_pause_share([pause(1)]) is None
    assert mid_clause_pause_share([]) is None
