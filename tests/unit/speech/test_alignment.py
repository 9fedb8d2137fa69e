import random

import pytest

from shared.speech.alignment import align, is_different_text, repetitions
from shared.speech.text import words_of

TEXT = "It was the best of times, it was the worst of times, it was the age of wisdom."


def aligned(reference, heard, language="en"):
    return align(words_of(reference, language), words_of(heard, language))


def told(reference, heard):
    """The alignment as "expected~heard:result" items, correct ones left out."""
    expected, said = words_of(reference, "en"), words_of(heard, "en")
    return [
        f"{' '.join(expected[i].text for i in item.reference)}~"
        f"{' '.join(said[i].text for i in item.heard)}:{item.result}"
        for item in align(expected, said)
        if item.result != "correct"
    ]


@pytest.mark.parametrize(
    ("reference", "heard", "faults"),
    [
        (TEXT, TEXT, []),
        (TEXT, TEXT.upper().replace(",", ""), []),
        ("the small cat sat", "the cat sat", ["small~:omitted"]),
        ("the cat sat", "the small cat sat", ["~small:inserted"]),
        ("the big house", "the pig house", ["big~pig:substituted"]),
        ("the big house", "the pig", ["big~pig:substituted", "house~:omitted"]),
        ("the cat sat", "the the cat sat", ["~the:repeated"]),
        (
            "the cat sat down",
            "the cat um the cat sat",
            ["~the:repeated", "~cat:repeated", "~um:filler", "down~:omitted"],
        ),
        ("the cat sat", "um the uh cat sat", ["~um:filler", "~uh:filler"]),
        ("Ah, yes", "ah yes", []),
        ("I have 25 cats", "I have twenty five cats", []),
        ("I have twenty five cats", "I have 25 cats", []),
        ("born in nineteen eighty-four", "born in 1984", []),
        ("it's a colour I can't name", "it is a color I can not name", []),
        ("in the neighbourhood may be", "in the neighborhood maybe", []),
        ("an ill disposed man", "an ill-disposed man", []),
        ("their house", "there house", []),
        ("said Philip Whittemore", "said Phillip Witmore", []),
        ("cats live here", "cat lives here", ["cats~cat:substituted", "live~lives:substituted"]),
        ("that that was", "that was", ["that~:omitted"]),
        ("three cats", "3, 3 cats", ["~3:repeated"]),
        ("four four two", "4, 4, 2", []),
        ("a very old cat", "a very very old cat", ["~very:repeated"]),
    ],
)
def test_faults(reference, heard, faults):
    assert told(reference, heard) == faults


def test_a_restart_counts_the_first_try_as_the_repetition():
    items = aligned("it was the best of times", "it was it was the best of times")
    assert [item.result for item in items[:4]] == ["repeated", "repeated", "correct", "correct"]


def test_every_word_is_in_exactly_one_item_and_order_is_kept():
    rng = random.Random(4)
    words = [*TEXT.replace(",", "").split(), "25", "twenty", "five", "um", "can't", "cannot"]
    for _ in range(150):
        reference = " ".join(rng.choices(words, k=rng.randint(1, 15)))
        heard = " ".join(rng.choices(words, k=rng.randint(0, 15)))
        items = aligned(reference, heard)
        assert [i for item in items for i in item.reference] == list(range(len(reference.split())))
        assert [i for item in items for i in item.heard] == list(range(len(heard.split())))
        assert all(item.reference or item.heard for item in items)
        assert items == aligned(reference, heard)


def words_with_other_forms():
    said_plainly = ["Mr.", "Smith's", "colours", "can't", "it's", "and/or", "well-known", "um"]
    return [*said_plainly, "25", "$3.50", "1984", "U.S."]


def test_reading_the_text_itself_is_always_faultless():
    rng = random.Random(5)
    words = [
        "Mr.",
        "Smith's",
        "25",
        "colours",
        "can't",
        "cost",
        "$3.50",
        "in",
        "1984",
        "it's",
        "and/or",
        "well-known",
        "U.S.",
        "um",
    ]
    for _ in range(50):
        text = " ".join(rng.choices(words, k=12))
        assert {item.result for item in aligned(text, text)} == {"correct"}


def test_leaving_out_one_more_word_never_makes_the_reading_more_complete():
    words = TEXT.split()
    for kept in range(len(words), 0, -1):
        items = aligned(TEXT, " ".join(words[:kept]))
        assert sum(item.result == "omitted" for item in items) == len(words) - kept


@pytest.mark.parametrize(
    ("heard", "different"),
    [
        (TEXT, False),
        ("it was the best of times it was", False),
        (TEXT + " that is all I can say about it and now I stop because I am tired of it", False),
        ("my favourite hobby is cooking for the family and it is a lot of fun every day", True),
        ("I like the apple", True),
        ("yes", True),
        ("", True),
    ],
)
def test_a_different_text_is_told_from_a_part_of_the_text(heard, different):
    reference = words_of(TEXT, "en")
    items = align(reference, words_of(heard, "en"))
    assert is_different_text(items, len(reference)) is different


@pytest.mark.parametrize(
    ("said", "first_tries"),
    [
        ("I I think", [[0]]),
        ("it is, it is relaxing", [[0, 1]]),
        ("my um my house", [[0]]),
        ("I want to um I want to go", [[0, 1, 2]]),
        ("very very good", []),
        ("he had had enough", []),
        ("I like fun. Fun is good", []),
        ("number 5 5 3", []),
        ("the the the end", [[0], [1]]),
        ("", []),
    ],
)
def test_repetitions(said, first_tries):
    assert [list(run) for run in repetitions(words_of(said, "en"))] == first_tries


def test_other_languages_align_without_case_and_punctuation():
    items = aligned("Où est le chat ?", "où est un chat", "fr")
    assert [item.result for item in items] == ["correct", "correct", "substituted", "correct"]
