"""Word error rate over hand-made pairs."""

import pytest

from bench.accuracy.recognised_words import edits, word_error_rate


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "a c", 1),
        ("a b c", "a b b c", 1),
        ("a b c", "", 3),
        ("", "a", 1),
        ("a b c d", "b c d e", 2),
    ],
)
def test_edits_are_the_fewest(said: str, heard: str, expected: int) -> None:
    assert edits(said.split(), heard.split()) == expected


def test_the_rate_is_over_all_words_said() -> None:
    pairs = [("one two three", "one two three"), ("four", "five")]
    assert word_error_rate(pairs) == pytest.approx(1 / 4)


def test_case_marks_spelling_and_fillers_are_no_errors() -> None:
    assert word_error_rate([("The colour, um, was GREY.", "the color was gray")]) == 0


def test_without_words_there_is_no_rate() -> None:
    assert word_error_rate([("", "something")]) is None
