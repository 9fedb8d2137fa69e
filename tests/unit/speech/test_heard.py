import numpy as np
import pytest

from shared.speech.exchanges import DROPPED, VARIANTS
from shared.speech.heard import (
    DOUBTS,
    SIGNS,
    doubts,
    errors,
    is_weak_word,
    signs,
    weak_phones,
    wrong_shares,
)
from shared.speech.phones import INDEX

THINK = np.array([INDEX[phone] for phone in ("TH", "IH", "NG", "K")])
RIGHT = np.ones(4)


def shares(*of_each):
    """Log shares of a phone each, given the shares of some; the rest is its own."""
    rows = np.zeros((len(of_each), VARIANTS))
    for row, (phone, others) in enumerate(zip(THINK, of_each, strict=True)):
        for name, share in others.items():
            rows[row, INDEX.get(name, DROPPED)] = share
        rows[row, phone] = 1 - rows[row].sum()
    return np.log(rows + 1e-9).astype(np.float32)


def test_the_likeliest_error_of_each_phone_is_named():
    found = errors(THINK, shares({"S": 0.6, "F": 0.1}, {}, {"N": 0.2}, {"": 0.3}), RIGHT, 0.5)
    assert found[0][0] == "S"
    assert [name for name, _ in found[2:]] == ["N", ""]


def test_what_accents_say_is_no_error():
    found = wrong_shares(THINK, shares({}, {"AH": 0.9}, {}, {}))
    assert found[1, INDEX["AH"]] == 0
    assert found[1].sum() < 0.01


def test_an_error_is_surer_the_larger_its_share():
    sure = [
        errors(THINK, shares({"S": share}, {}, {}, {}), RIGHT, 0.5)[0][1]
        for share in (0.1, 0.3, 0.6, 0.9)
    ]
    assert sure == sorted(sure)
    assert 0 < sure[0] < sure[-1] < 1


def test_an_error_is_surer_in_a_phone_scored_lower():
    said = shares({"S": 0.4}, {}, {}, {})
    low, high = (errors(THINK, said, RIGHT * score, 0.5)[0][1] for score in (0.2, 1.0))
    assert low > high


def test_the_phone_with_most_errors_is_at_fault_first():
    found = errors(THINK, shares({"S": 0.5}, {}, {"N": 0.3}, {}), RIGHT, 0.5)
    assert max(range(4), key=lambda row: found[row][1]) == 0


def test_signs_and_doubts_have_a_row_for_each_phone():
    said = shares({"S": 0.5}, {}, {}, {})
    assert signs(THINK, said, RIGHT, 0.5).shape == (4, SIGNS)
    assert doubts(THINK, said).shape == (4, DOUBTS)


def test_doubts_are_of_the_phone_of_what_is_right_and_of_errors():
    found = np.exp(doubts(THINK, shares({}, {"AH": 0.3, "IY": 0.2}, {}, {})))[1]
    assert found.tolist() == pytest.approx([0.5, 0.8, 0.2, 0.2], abs=1e-3)


@pytest.mark.parametrize(
    ("others", "phones", "word"),
    [
        (({}, {}, {"N": 0.3}, {}), [2], True),
        (({}, {}, {"K": 0.3}, {}), [], False),
        (({"S": 0.5}, {}, {"N": 0.3}, {}), [2], False),
        (({"S": 0.2}, {}, {"N": 0.3}, {}), [2], True),
        (({}, {"IY": 0.2}, {}, {}), [1], True),
        (({}, {"AH": 0.5, "IY": 0.2}, {}, {}), [1], False),
    ],
)
def test_weak_is_what_its_likeliest_fault_is_a_weak_contrast_of(others, phones, word):
    said = shares(*others)
    assert np.flatnonzero(weak_phones(THINK, said)).tolist() == phones
    assert is_weak_word(THINK, said) is word


def test_an_accents_sound_hides_a_weak_contrast():
    (side,) = np.array([[INDEX["D"]]])
    rows = np.full((1, VARIANTS), 1e-4)
    rows[0, INDEX["D"]], rows[0, INDEX["T"]], rows[0, INDEX["G"]] = 0.6, 0.3, 0.05
    assert is_weak_word(side, np.log(rows).astype(np.float32))
    assert wrong_shares(side, np.log(rows).astype(np.float32)).argmax() == INDEX["G"]
