"""Which sounds recur: three of five words are evidence, one of one is not."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.analysis import HeardPhone, Level, Phone, Word
from shared.domain.recurring_phones import (
    FAULT_BELOW,
    NATIVE_SHARE,
    recurring_over_attempts,
    recurring_phones,
    wilson_lower,
)


def word(
    text: str,
    *,
    level: Level | None = "not_sure",
    phone: str = "R",
    score: int = 90,
    heard: str | None = None,
) -> Word:
    """A word with that phone, and a vowel that is right."""
    others = (HeardPhone(heard, heard.lower(), 0.8),) if heard else ()
    phones = (Phone(phone, "ɹ", 0.0, 0.1, score, others), Phone("M", "m", 0.1, 0.2, 99))
    return Word(text, 0.0, 0.2, level=level, phones=phones)


def wrong(*texts: str, phone: str = "R", heard: str = "L") -> list[Word]:
    return [word(text, phone=phone, heard=heard) for text in texts]


def right(*texts: str) -> list[Word]:
    return [word(text, level="clear") for text in texts]


def phones(words: Sequence[Word]) -> list[str]:
    return [found.phone for found in recurring_phones(words)]


def test_three_of_five_are_evidence() -> None:
    words = [*wrong("right", "really"), *right("red", "rain"), *wrong("river")]
    (found,) = recurring_phones(words)
    assert (found.phone, found.ipa) == ("R", "ɹ")
    assert (found.words_at_fault, found.words_with_phone) == (3, 5)
    assert found.words == (0, 1, 4)
    assert found.heard_as == HeardPhone("L", "l", 1.0)


@pytest.mark.parametrize(
    "words",
    [
        [],
        wrong("right"),
        wrong("right", "river"),
        [*wrong("right", "really", "river"), *right(*["red"] * 60)],
        wrong("right", "Right,", "“right”"),
    ],
    ids=["none", "1 of 1", "2 of 2", "3 of 63", "one word three times"],
)
def test_what_is_no_evidence(words: list[Word]) -> None:
    assert recurring_phones(words) == ()


def test_a_low_score_is_a_fault_without_a_name() -> None:
    (found,) = recurring_phones([word(text, score=40) for text in ("right", "river", "real")])
    assert found.words_at_fault == 3
    assert found.heard_as is None


@pytest.mark.parametrize(
    "changes",
    [{"level": "clear", "score": 10}, {"level": None, "score": 10}, {"score": FAULT_BELOW}],
)
def test_what_is_clear_unmarked_or_good_enough_is_no_fault(changes: dict[str, Any]) -> None:
    assert recurring_phones([word(text, **changes) for text in ("right", "river", "real")]) == ()


@pytest.mark.parametrize("heard", ["N", None])
def test_contrasts_the_engine_hears_badly_accuse_nobody(heard: str | None) -> None:
    told = [word(text, phone="NG", score=40, heard=heard) for text in ("sing", "long", "ring")]
    unsure = [
        replace(each, phones=tuple(replace(p, not_sure=True) for p in each.phones or ()))
        for each in told
    ]
    assert phones(told) == ["NG"]
    assert phones(unsure) == []


def test_a_name_is_given_when_most_agree() -> None:
    several = [*wrong("right", "river"), *wrong("real", "rain", heard="W")]
    assert recurring_phones(several)[0].heard_as is None
    (found,) = recurring_phones([*several, *wrong("red")])
    assert found.heard_as == HeardPhone("L", "l", 0.6)


def test_a_phone_counts_once_a_word() -> None:
    twice = Word(
        "rear",
        level="not_sure",
        phones=tuple(Phone("R", "ɹ", 0.0, 0.1, 30) for _ in range(2)),
    )
    assert recurring_phones([twice]) == ()


def test_the_surest_comes_first() -> None:
    some = [*wrong("thin", "thick", "path", phone="TH", heard="S"), *wrong("right", "river")]
    words = [*some, *wrong("real", "red")]
    assert phones(words) == ["R", "TH"]


def test_over_attempts_what_one_reading_hints_at_adds_up() -> None:
    attempts = [("c", wrong("right")), ("b", right("red")), ("a", wrong("river", "real"))]
    assert [phones(words) for _, words in attempts] == [[], [], []]
    (found,) = recurring_over_attempts(attempts)
    assert (found.phone, found.words_at_fault, found.words_with_phone) == ("R", 3, 4)
    examples = [(example.attempt_id, example.word, example.text) for example in found.examples]
    assert examples == [("c", 0, "right"), ("a", 0, "river"), ("a", 1, "real")]


def test_no_more_than_five_examples() -> None:
    (found,) = recurring_over_attempts([("a", wrong(*(f"r{n}" for n in range(9))))])
    assert (found.words_at_fault, len(found.examples)) == (9, 5)


@pytest.mark.parametrize(
    ("count", "total", "bound"), [(0, 0, 0.0), (0, 9, 0.0), (1, 1, 0.207), (3, 5, 0.231)]
)
def test_wilsons_bound(count: int, total: int, bound: float) -> None:
    assert wilson_lower(count, total) == pytest.approx(bound, abs=5e-4)


@given(st.integers(1, 200), st.data())
def test_more_faults_are_never_less_evidence(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, total - 1))
    assert 0.0 <= wilson_lower(count, total) < wilson_lower(count + 1, total) <= 1.0
    assert wilson_lower(count, total) <= count / total


def test_only_what_lies_above_native_speakers_is_told() -> None:
    assert wilson_lower(3, 10) > NATIVE_SHARE > wilson_lower(3, 11)
