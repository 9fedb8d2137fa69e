from dataclasses import asdict, replace

import pytest

from shared.speech.fluency import SpokenWord, find_pauses, measure_fluency

# 10 s from the first to the last speech, 2 s of it silent in two pauses, one gap too short to be
# a pause; 12 words with 18 syllables, and a filler.
SEGMENTS = [(1.0, 4.0), (5.5, 7.0), (7.2, 9.0), (9.5, 11.0)]


def spoken(text, start, syllables=1, *, ends_clause=False, is_filler=False):
    return SpokenWord(text, start, start + 0.2, syllables, is_filler, ends_clause)


WORDS = [
    *(spoken(f"w{i}", 1.0 + i * 0.4, 2) for i in range(6)),
    spoken("end", 3.7, ends_clause=True),
    spoken("um", 5.5, is_filler=True),
    spoken("next", 6.0),
    spoken("two", 7.3),
    spoken("the", 8.5),
    spoken("last", 9.6),
    spoken("one", 10.5),
]


def measured(*, repetitions=0, fillers_known=True, segments=SEGMENTS, words=WORDS):
    pauses = find_pauses(segments, words)
    return measure_fluency(
        segments, pauses, words, repetitions=repetitions, fillers_known=fillers_known
    )


def test_formulas():
    flow = measured(repetitions=1)
    assert flow.speech_rate_wpm == pytest.approx(60 * 12 / 10)
    assert flow.speech_rate_syll_per_min == pytest.approx(60 * 18 / 10)
    assert flow.articulation_rate_syll_per_s == pytest.approx(18 / 8)
    assert flow.average_syllable_duration_s == pytest.approx(8 / 18)
    assert flow.phonation_time_ratio == pytest.approx(0.8)
    assert flow.pauses_per_min == pytest.approx(60 * 2 / 10)
    assert flow.mean_pause_s == pytest.approx(1.0)
    assert flow.mean_length_of_run_syll == pytest.approx(18 / 3)
    assert flow.filled_pauses_per_min == pytest.approx(6)
    assert flow.repetitions_per_100_words == pytest.approx(100 / 12)


def test_pauses_are_gaps_of_a_quarter_second_labelled_by_the_words_around():
    pauses = find_pauses(SEGMENTS, WORDS)
    assert [(p.start_s, p.end_s, p.duration_s) for p in pauses] == [(4, 5.5, 1.5), (9, 9.5, 0.5)]
    assert [p.after for p in pauses] == ["end", "the"]
    assert [p.before for p in pauses] == ["um", "last"]


def test_a_pause_after_punctuation_is_at_a_clause_end_even_when_a_filler_follows():
    first, second = find_pauses(SEGMENTS, WORDS)
    assert first.within_clause is False
    assert second.within_clause is True


def test_a_pause_before_a_clause_opener_is_not_within_the_clause():
    words = [word if word.text != "last" else spoken("Because", 9.6) for word in WORDS]
    assert find_pauses(SEGMENTS, words)[1].within_clause is False


def test_speech_without_pauses():
    flow = measured(segments=[(1.0, 11.0)])
    assert flow.mean_pause_s is None
    assert flow.pauses_per_min == 0
    assert flow.phonation_time_ratio == 1
    assert flow.mean_length_of_run_syll == 18


def test_fillers_are_only_counted_when_the_recogniser_keeps_them():
    assert measured(fillers_known=False).filled_pauses_per_min is None


def test_nothing_but_fillers():
    flow = measured(segments=[(5.5, 5.7)], words=[spoken("um", 5.5, is_filler=True)])
    assert flow.speech_rate_wpm == 0
    assert flow.average_syllable_duration_s is None
    assert flow.repetitions_per_100_words == 0
    assert all(value is None or value >= 0 for value in asdict(flow).values())


def test_a_numeral_counts_as_the_words_it_is_said_in():
    numeral = replace(WORDS[0], text="25", units=2)
    assert measured(words=[numeral, *WORDS[1:]]).speech_rate_wpm == pytest.approx(60 * 13 / 10)
