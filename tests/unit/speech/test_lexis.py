import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.speech.lexis import mattr, mtld, types_per_second

WORDS = st.lists(st.sampled_from("abcdefghij"), min_size=50, max_size=140)


def test_types_per_second():
    assert types_per_second(["a", "b", "a", "c"], 6.0) == pytest.approx(0.5)


@given(WORDS)
def test_mattr_is_the_mean_over_every_window(words):
    windows = [words[i : i + 50] for i in range(len(words) - 49)]
    expected = sum(len(set(window)) / 50 for window in windows) / len(windows)
    assert mattr(words) == pytest.approx(expected)


def test_variety_is_unknown_below_fifty_words():
    words = [str(number % 30) for number in range(49)]
    assert mattr(words) is None
    assert mtld(words) is None
    assert mattr([*words, "end"]) is not None
    assert mtld([*words, "end"]) is not None


def test_mtld_counts_whole_stretches_and_the_rest_in_part():
    # a b c a: types/tokens falls to 0.75, with the fifth word to 0.6, which ends a stretch.
    words = list("abcab") * 10
    assert mtld(words) == pytest.approx(5.0)
    # 10 stretches and a rest of four words at 0.75: (1 - 0.75) / (1 - 0.72) of one.
    forwards = 54 / (10 + 0.25 / 0.28)
    backwards = mtld([*words, *"abca"]) * 2 - forwards
    assert backwards == pytest.approx(54 / (10 + 0.25 / 0.28))


def test_a_text_without_a_word_said_twice_has_no_mtld():
    assert mtld([str(number) for number in range(60)]) is None


@given(WORDS)
def test_mtld_is_the_same_read_backwards(words):
    assert mtld(words) == pytest.approx(mtld(words[::-1]))
