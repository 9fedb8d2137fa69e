import numpy as np
import pytest

from shared.speech.phones import INDEX, SILENCE
from shared.speech.variants import DROPPED, is_accepted, variant_scores


def likelihoods(*phones):
    rows = np.full((3 * len(phones), SILENCE + 1), -6.0, dtype=np.float32)
    for at, phone in enumerate(phones):
        rows[3 * at : 3 * at + 3, INDEX[phone]] = -0.1
    return rows


def best(scores):
    return max(scores, key=lambda name: scores[name])


@pytest.mark.parametrize(
    ("said", "expected", "position", "named"),
    [
        ("S IH NG", "TH IH NG", 0, "S"),
        ("TH IH NG", "TH IH NG", 0, "TH"),
        ("L AY T", "R AY T", 0, "L"),
        ("S IH T", "S IY T", 1, "IH"),
        ("F AO R", "F AO R TH", 3, DROPPED),
    ],
)
def test_the_phone_that_was_said_is_named(said, expected, position, named):
    scores = variant_scores(likelihoods(*said.split()), expected.split(), position)
    assert best(scores) == named


def test_each_score_is_that_of_the_whole_word():
    scores = variant_scores(likelihoods("S", "IH", "NG"), ["TH", "IH", "NG"], 0)
    assert scores["S"] == pytest.approx(9 * -0.1)
    # the frames of "s" cost most, whichever of the word's phones they are given to
    assert scores["TH"] == pytest.approx(6 * -0.1 + 3 * -6.0)


def test_a_single_phone_cannot_be_dropped():
    assert DROPPED not in variant_scores(likelihoods("AH"), ["AH"], 0)


@pytest.mark.parametrize(("one", "other"), [("AA", "AO"), ("T", "D"), ("ER", "AH")])
def test_accents_are_no_errors(one, other):
    assert is_accepted(one, other)
    assert is_accepted(other, one)
    assert is_accepted(one, one)


@pytest.mark.parametrize(("one", "other"), [("R", "L"), ("TH", "S"), ("V", "W"), ("IY", "IH")])
def test_errors_are_not_accents(one, other):
    assert not is_accepted(one, other)
