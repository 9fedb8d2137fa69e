"""Miscues of an analysis against planted ones, by hand."""

from typing import Any

import pytest

from bench.accuracy.material import Miscue
from bench.accuracy.miscues import Agreement, score_miscues, told


def word(result: str, index: int | None = None) -> dict[str, Any]:
    return {"text": "x", "result": result, "reference_index": index}


def test_a_miscue_is_told_at_the_word_it_befell_or_stands_before() -> None:
    words = [
        word("correct", 0),
        word("omitted", 1),
        word("repeated"),
        word("correct", 2),
        word("inserted"),
        word("substituted", 3),
        word("mispronounced", 4),
        word("filler"),
    ]
    assert told(words) == [
        Miscue("omission", 1),
        Miscue("repetition", 2),
        Miscue("insertion", 3),
        Miscue("substitution", 3),
    ]


def test_words_repeated_in_a_row_are_one_miscue_but_omissions_are_counted_singly() -> None:
    words = [word("repeated"), word("repeated"), word("correct", 0)]
    words += [word("omitted", 1), word("omitted", 2), word("repeated")]
    assert told(words) == [
        Miscue("repetition", 0),
        Miscue("omission", 1),
        Miscue("omission", 2),
        Miscue("repetition", 3),
    ]


def test_found_missed_and_false_are_counted_by_kind() -> None:
    true = [Miscue("omission", 2), Miscue("insertion", 5), Miscue("repetition", 8)]
    claimed = [Miscue("omission", 2), Miscue("insertion", 6), Miscue("substitution", 8)]
    assert score_miscues([(true, claimed)]) == {
        "insertion": Agreement(1, 1, 0),
        "omission": Agreement(1, 1, 0),
        "repetition": Agreement(1, 0, 0),
        "substitution": Agreement(0, 0, 1),
    }


def test_too_far_away_is_missed_and_false() -> None:
    scored = score_miscues([([Miscue("omission", 2)], [Miscue("omission", 4)])])
    assert scored == {"omission": Agreement(1, 0, 1)}


@pytest.mark.parametrize("kind", ["insertion", "repetition"])
def test_a_self_correction_is_told_as_an_extra_word(kind: Any) -> None:
    scored = score_miscues([([Miscue("self_correction", 3)], [Miscue(kind, 3)])])
    assert scored == {"self_correction": Agreement(1, 1, 0)}


def test_precision_recall_and_their_mean() -> None:
    agreement = Agreement(there=4, found=3, false=1)
    assert (agreement.precision, agreement.recall, agreement.f1) == (0.75, 0.75, 0.75)
    assert Agreement(there=2, found=0, false=0).f1 == 0
    assert Agreement().f1 is None
    assert Agreement().precision is None
