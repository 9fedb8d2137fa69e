import pytest

from shared.speech.pronunciations import (
    MAX_PRONUNCIATIONS,
    known_pronunciations,
    word_pronunciations,
)
from shared.speech.text import word_of
from shared.speech.unlisted import derived, is_unlisted


def said(word):
    return [" ".join(phones) for phones in word_pronunciations(word_of(word, "en"))]


def test_the_dictionarys_come_first_and_are_all_accepted():
    assert said("either")[:2] == ["IY DH ER", "AY DH ER"]


@pytest.mark.parametrize(
    ("word", "accent"),
    [
        ("before", "B IH F AO"),
        ("water", "W AO T AH"),
        ("here", "HH IH AH"),
        ("path", "P AA TH"),
        ("can't", "K AA N T"),
        ("little", "L IH T L"),
        ("happy", "HH AE P IH"),
        ("dancer", "D AA N S AH"),
        ("the", "DH IY"),
    ],
)
def test_accents_are_accepted(word, accent):
    assert accent in said(word)


@pytest.mark.parametrize(
    ("word", "wrong"), [("very", "V EH IY"), ("three", "TH IY"), ("cat", "K AA T"), ("he", "HH IH")]
)
def test_what_is_no_accent_is_not(word, wrong):
    assert wrong not in said(word)


def test_numerals_are_said_in_each_way_they_are_read():
    assert "W AH N N AY N EY T F AO R" in said("1984")
    assert any(phones.startswith("N AY N T IY N EY T IY") for phones in said("1984"))


def test_there_are_never_too_many():
    assert len(said("father-in-law's")) <= MAX_PRONUNCIATIONS
    assert len(said("1,234,567")) <= MAX_PRONUNCIATIONS


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("woodcutters", "W UH D K AH T ER Z"),
        ("hazarded", "HH AE Z ER D IH D"),
        ("wolfs", "W UH L F S"),
        ("unfriendlier", "AH N F R EH N D L IY ER"),
        ("seekest", "S IY K AH S T"),
    ],
)
def test_unlisted_words_are_put_together_from_listed_ones(word, phones):
    assert is_unlisted(word)
    assert derived(word)[0] == phones
    assert said(word)[0] == phones


def test_what_nothing_explains_stays_unknown_and_is_said_by_its_spelling():
    assert derived("xyzzy") == ()
    assert known_pronunciations(word_of("Xyzzyplugh", "en")) == ()
    assert "Z AY Z IY P L AH F" in said("Xyzzyplugh")
