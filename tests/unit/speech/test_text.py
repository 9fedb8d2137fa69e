import pytest

from shared.speech.lexicon import pronunciations
from shared.speech.numerals import cardinal, ordinal, readings
from shared.speech.spelling import canonical_spelling
from shared.speech.syllables import count_syllables, estimate, syllables
from shared.speech.text import word_of, words_of


def texts(text, language="en"):
    return [word.text for word in words_of(text, language)]


def alike(one, other):
    return bool(word_of(one, "en").readings & word_of(other, "en").readings)


def test_words_keep_their_spelling_without_the_punctuation_around_them():
    assert texts("\"Well,\" said Mr. O\u2019Neil — isn't it the boys' (2nd) well-known… end?") == [
        *("Well", "said", "Mr", "O'Neil", "isn't", "it", "the", "boys", "2nd", "well-known", "end")
    ]


def test_dashes_and_slashes_between_words_part_them():
    assert texts("years—I and/or wait...what -- so") == [
        *("years", "I", "and", "or", "wait", "what", "so")
    ]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("one, two three", [True, False, False]),
        ("Mr. Smith left.", [False, False, True]),
        ("first — second", [True, False]),
        ("e.g. this", [True, False]),
        ('he said: "go!"', [False, True, True]),
    ],
)
def test_clause_ends(text, ends):
    assert [word.ends_clause for word in words_of(text, "en")] == ends


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("25", "twenty-five"),
        ("105", "one-hundred-and-five"),
        ("105", "one-hundred-five"),
        ("1984", "nineteen-eighty-four"),
        ("1905", "nineteen-oh-five"),
        ("2005", "two-thousand-and-five"),
        ("2,000", "two-thousand"),
        ("3.5", "three-point-five"),
        ("50%", "fifty-percent"),
        ("$3.50", "three-dollars-fifty"),
        ("£1", "one-pound"),
        ("22nd", "twenty-second"),
        ("30th", "thirtieth"),
        ("1960s", "nineteen-sixties"),
        ("10:30", "ten-thirty"),
        ("007", "zero-zero-seven"),
        ("can't", "can-not"),
        ("it's", "it-is"),
        ("they've", "they-have"),
        ("Mr.", "mister"),
        ("Dr.", "doctor"),
        ("colour", "color"),
        ("organised", "organized"),
        ("travelling", "traveling"),
        ("theatres", "theaters"),
        ("anaemia", "anemia"),
        ("cannot", "can-not"),
        ("teaspoonful", "teaspoon-full"),
        ("&", "and"),
    ],
)
def test_the_same_said_otherwise(written, said):
    assert alike(written, said)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("four", "for"),
        ("live", "lives"),
        ("25", "35"),
        ("our", "or"),
        ("filling", "filing"),
        ("advice", "advise"),
        ("can", "can't"),
        ("1984", "1985"),
    ],
)
def test_different_words_stay_different(one, other):
    assert not alike(one, other)


def test_other_languages_are_only_freed_of_case_and_punctuation():
    words = words_of("« Où est-il, l'Été 25 ? »", "fr")
    assert [word.text for word in words] == ["Où", "est-il", "l'Été", "25"]
    assert words[2].readings == {"l'été"}
    assert words[3].readings == {"25"}
    assert not any(word.sounds for word in words)


def test_fillers():
    assert [word.is_filler for word in words_of("Um, I uh think Erm.", "en")] == [
        *(True, False, True, False, True)
    ]


def test_cardinals_and_ordinals():
    assert " ".join(cardinal(1_234_567)) == (
        "one million two hundred thirty four thousand five hundred sixty seven"
    )
    assert " ".join(cardinal(2_012, joined_by_and=True)) == "two thousand and twelve"
    assert ordinal(("forty", "two")) == ("forty", "second")
    assert readings("9" * 5_000) == []
    assert readings("12a") == []


def test_pronunciations_and_homophones():
    assert pronunciations("read") == ("R EH D", "R IY D")
    assert pronunciations("teacher's") == ("T IY CH ER Z",)
    assert pronunciations("zzyzxqq") == ()
    assert word_of("their", "en").sounds & word_of("there", "en").sounds


@pytest.mark.parametrize(
    ("word", "count"),
    [("despair", 2), ("incredulity", 5), ("it", 1), ("table", 2), ("zzyzxqq", 1)],
)
def test_syllables(word, count):
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [("walked", 1), ("wanted", 2), ("boxes", 2), ("makes", 1), ("radio", 3), ("nation", 2)],
)
def test_syllables_of_words_no_dictionary_knows(word, count):
    assert estimate(word) == count


def test_numerals_and_initials_count_as_they_are_said():
    assert count_syllables(words_of("25 BBC U.S. can't", "en")) == 3 + 3 + 2 + 1


def test_spelling_is_idempotent():
    for word in ("favourites", "analysing", "catalogues", "metre", "haemoglobin", "full"):
        once = canonical_spelling(word)
        assert canonical_spelling(once) == once
