import pytest

from shared.domain.analysis import Word
from shared.domain.transcription import HeardWord
from shared.speech.alignment import AlignedWord, align
from shared.speech.hearing import (
    Hearing,
    count_restarts,
    free_words,
    hearing_of,
    is_recognised,
    read_words,
    spoken_words,
)
from shared.speech.text import words_of

SEGMENTS = [(1.0, 3.0), (4.0, 6.0)]


def heard(*words):
    """Words as (text, start, end)."""
    return hearing_of([HeardWord(*word, 0.9) for word in words], SEGMENTS, "en")


def said(text):
    """The words of `text`, 0.2 s each, one after the other in the first segment."""
    return heard(*((w, 1 + 0.2 * i, 1.2 + 0.2 * i) for i, w in enumerate(text.split())))


def test_words_outside_speech_are_dropped():
    hearing = heard(("You", 0.0, 0.4), ("yes", 0.8, 1.4), ("no", 5.9, 6.2), ("bye", 6.5, 6.9))
    assert [word.text for word in hearing.words] == ["yes", "no"]


def test_a_word_stretched_over_a_pause_is_cut_to_the_side_of_its_end():
    hearing = heard(("it", 2.5, 3.0), ("was", 3.0, 4.3), ("so", 2.9, 4.01))
    assert [(word.start_s, word.end_s) for word in hearing.words] == [
        *((2.5, 3.0), (4.0, 4.3), (2.9, 3.0))
    ]


def test_punctuation_alone_is_no_word():
    hearing = heard(("Well", 1.0, 1.4), ("—", 1.4, 1.5), ("yes.", 1.5, 2.0))
    assert hearing.transcript == "Well yes."


def test_a_reading_lists_the_text_in_order_with_times_for_what_was_said():
    reference = words_of("The small cat sat on 25 mats.", "en")
    hearing = said("the um cat cat sit on twenty five mats today")
    words = read_words(align(reference, hearing.texts), reference, hearing)
    assert [(w.text, w.result) for w in words] == [
        ("The", "correct"),
        ("um", "filler"),
        ("cat", "repeated"),
        ("small", "omitted"),
        ("cat", "correct"),
        ("sat", "substituted"),
        ("on", "correct"),
        ("25", "correct"),
        ("mats", "correct"),
        ("today", "inserted"),
    ]
    by_text = {word.text: word for word in words}
    assert by_text["small"].start_s is None
    assert by_text["sat"].heard == "sit"
    assert by_text["25"].heard == "twenty five"
    assert by_text["25"].end_s - by_text["25"].start_s > 0.39
    assert by_text["The"].heard is None
    indices = [w.reference_index for w in words if w.reference_index is not None]
    assert indices == list(range(7))


def test_one_heard_word_for_several_of_the_text_shares_its_time():
    reference = words_of("twenty five", "en")
    hearing = heard(("25", 1.0, 2.0))
    twenty, five = read_words(align(reference, hearing.texts), reference, hearing)
    assert (twenty.start_s, five.end_s) == (1.0, 2.0)
    assert twenty.end_s == five.start_s == 1.6
    assert twenty.heard == five.heard == "25"


def test_free_speech_marks_only_fillers_and_restarts():
    hearing = said("My um my house is is nice")
    assert [word.result for word in free_words(hearing)] == [
        *("repeated", "filler", None, None, "repeated", None, None)
    ]
    assert count_restarts(hearing) == 2


def test_only_restarts_the_text_does_not_ask_for_count_in_a_reading():
    reference = words_of("He said no no to it", "en")
    hearing = said("he he said no no to it")
    assert count_restarts(hearing, align(reference, hearing.texts)) == 1


def test_the_punctuation_of_the_text_goes_before_that_of_the_recogniser():
    reference = words_of("One two, three four", "en")
    hearing = said("One, two three four.")
    aligned = align(reference, hearing.texts)
    assert [word.ends_clause for word in spoken_words(hearing, aligned, reference)] == [
        *(False, True, False, False)
    ]
    assert [word.ends_clause for word in spoken_words(hearing)] == [True, False, False, True]


def test_a_filler_the_text_asks_for_is_a_word():
    reference = words_of("Ah yes", "en")
    hearing = said("ah yes um")
    aligned = align(reference, hearing.texts)
    assert [w.is_filler for w in spoken_words(hearing, aligned, reference)] == [False, False, True]


@pytest.mark.parametrize(
    ("expected", "heard", "is_so"),
    [
        ("father", None, True),
        ("father", "farther", False),
        ("colour", "color", True),
        ("their", "there", True),
        ("may", "maybe", True),
        ("twenty", "25", True),
        ("thing", "a sing", False),
    ],
)
def test_whether_the_word_itself_was_recognised(expected, heard, is_so):
    word = Word(text=expected, reference_index=0, result="correct", heard=heard)
    assert is_recognised(word, words_of(expected, "en")[0], "en") is is_so


def test_restarts_of_a_reading_are_counted_by_what_was_repeated():
    hearing = Hearing((), tuple(words_of("the cut the cat sad um sat", "en")))
    aligned = [
        AlignedWord(result, range(a, b), range(i, i + 1))
        for i, (result, a, b) in enumerate(
            [
                ("repeated", 0, 0),
                ("repeated", 0, 0),
                ("correct", 0, 1),
                ("correct", 1, 2),
                ("repeated", 2, 2),
                ("filler", 2, 2),
                ("correct", 2, 3),
            ]
        )
    ]
    assert count_restarts(hearing, aligned) == 2
