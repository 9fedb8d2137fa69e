import pytest

from shared.domain.analysis import Phone, Word
from shared.speech.rhythm import MIN_PAIRS, vowel_npvi


def words(durations, *, gap_s=0.05, per_word=1, start_s=0.0):
    """Words of a consonant and a vowel of each duration."""
    found, now = [], start_s
    for begin in range(0, len(durations), per_word):
        phones, first = [], now
        for duration in durations[begin : begin + per_word]:
            phones.append(Phone("T", "t", now, now + gap_s))
            phones.append(Phone("AE", "æ", now + gap_s, now + gap_s + duration))
            now += gap_s + duration
        found.append(Word("tat", first, now, phones=tuple(phones)))
    return found


def test_even_vowels_have_no_variability():
    assert vowel_npvi(words([0.1] * (MIN_PAIRS + 1))) == pytest.approx(0)


@pytest.mark.parametrize("per_word", [1, 3])
def test_vowels_three_times_their_neighbours_give_a_hundred(per_word):
    durations = [0.05, 0.15] * (MIN_PAIRS // 2) + [0.05]
    assert vowel_npvi(words(durations, per_word=per_word)) == pytest.approx(100)


def test_too_few_pairs_say_nothing():
    assert vowel_npvi(words([0.1, 0.2] * (MIN_PAIRS // 2))) is None


def test_a_pause_and_a_word_without_phones_part_neighbours():
    first = words([0.05] * (MIN_PAIRS + 1))
    after = words([0.15] * (MIN_PAIRS + 1), start_s=first[-1].end_s + 0.25)
    assert vowel_npvi(first + after) == pytest.approx(0)
    near = words([0.15] * (MIN_PAIRS + 1), start_s=first[-1].end_s + 0.1)
    assert vowel_npvi(first + near) > 0
    unknown = Word("Xyz", first[-1].end_s, first[-1].end_s + 0.1)
    assert vowel_npvi([*first, unknown, *near]) == pytest.approx(0)


def test_an_omitted_word_parts_nothing():
    first = words([0.05] * MIN_PAIRS)
    rest = words([0.15], start_s=first[-1].end_s)
    assert vowel_npvi([*first, Word("gone", result="omitted"), *rest]) > 0


def test_touching_vowels_are_one_interval():
    diphthongs = [
        Word(
            "idea",
            now,
            now + 0.2,
            phones=(
                Phone("D", "d", now, now + 0.05),
                Phone("IY1", "i", now + 0.05, now + 0.1),
                Phone("AH0", "ə", now + 0.1, now + 0.2),
            ),
        )
        for now in [0.2 * number for number in range(MIN_PAIRS + 1)]
    ]
    assert vowel_npvi(diphthongs) == pytest.approx(0)


def test_analyses_without_phones_have_no_rhythm():
    assert vowel_npvi([Word("a", 0.0, 0.1)] * 40) is None
