import pytest

from shared.domain.transcription import HeardWord
from shared.speech.hearing import hearing_of
from shared.speech.measuring import lexical_words, recogniser_confidence


def heard(*words):
    return [
        HeardWord(text, number * 0.3, number * 0.3 + 0.3, confidence)
        for number, (text, confidence) in enumerate(words)
    ]


def test_recogniser_confidence_is_the_geometric_mean():
    assert recogniser_confidence(heard(("a", 0.5), ("b", 0.125))) == pytest.approx(0.25)
    assert recogniser_confidence(heard(("a", 0.9), ("b", None))) == pytest.approx(0.9)


def test_a_word_of_no_probability_does_not_make_all_of_them_nothing():
    assert 0 < recogniser_confidence(heard(("a", 1.0), ("b", 0.0))) < 0.1


def test_without_probabilities_it_is_unknown():
    assert recogniser_confidence(heard(("a", None))) is None
    assert recogniser_confidence([]) is None


def test_lexical_words_are_without_fillers_and_first_tries():
    words = heard(
        *(
            (text, 0.9)
            for text in ["Um,", "it", "is,", "uh,", "it", "is", "The", "very", "very", "best."]
        )
    )
    hearing = hearing_of(words, [(0.0, 4.0)], "en")
    assert lexical_words(hearing) == ["it", "is", "the", "very", "very", "best"]
