"""Errors are planted where they fit, and told to each synthesiser in its own way."""

import json
import random

import pytest

from bench.accuracy.ipa import plant_ipa, plant_phones
from bench.accuracy.material import MISCUES, Miscue, Planted
from bench.accuracy.planting import KINDS, candidates, misread, with_miscue
from bench.accuracy.synthesis import TEXTS

READINGS = json.loads(TEXTS.read_text("utf-8"))["readings"]
SENTENCES = [item["text"] for item in READINGS]


def test_there_are_38_kinds_and_every_one_is_planted_equally_often() -> None:
    assert len(set(KINDS)) == len(KINDS) == 38
    readings = misread(SENTENCES, each=2, rng=random.Random(1))
    errors = [error.kind for reading in readings for error in reading.planted]
    assert sorted(errors) == sorted(2 * KINDS)


def test_errors_of_a_sentence_are_in_words_apart() -> None:
    for reading in misread(SENTENCES, each=2, rng=random.Random(2)):
        places = [error.index for error in reading.planted]
        assert len(places) <= 2
        assert max(places) - min(places) != 1


def test_a_word_must_have_the_phone_once_and_be_no_function_word() -> None:
    assert candidates("The theory is thick.", "TH>S") == [
        Planted(1, "TH", "S"),
        Planted(3, "TH", "S"),
    ]
    assert candidates("They were the ones.", "DH>D") == []
    assert candidates("A kick in the park.", "K>-") == [Planted(4, "K", None)]


def test_a_pronunciation_that_is_right_too_is_no_error() -> None:
    assert candidates("They use it.", "Z>S") == []


def test_equal_seeds_plant_equally() -> None:
    once, again = (misread(SENTENCES, each=1, rng=random.Random(3)) for _ in range(2))
    assert once == again
    assert misread(SENTENCES, each=1, rng=random.Random(4)) != once


@pytest.mark.parametrize("kind", MISCUES)
def test_a_miscue_changes_the_words_said_and_not_the_text(kind: object) -> None:
    text, swap = "We saw a large green lamp there.", ["lamp", "clock"]
    reading = with_miscue(text, swap, ["really"], kind, random.Random(5))  # type: ignore[arg-type]
    assert reading.reference == text
    at = reading.miscues[0].at
    said, words = reading.spoken.split(), text.split()
    assert reading.miscues == (Miscue(kind, at),)  # type: ignore[arg-type]
    expected = {
        "omission": words[:at] + words[at + 1 :],
        "insertion": [*words[:at], "really", *words[at:]],
        "substitution": [*words[:at], "clock", *words[at + 1 :]],
        "self_correction": [*words[:at], "clock,", *words[at:]],
    }
    if kind == "repetition":
        again = len(said) - len(words)
        assert [word.strip(",") for word in said[at : at + again]] == words[at : at + again]
        assert said[at + again :] == words[at:]
    else:
        assert said == expected[kind]  # type: ignore[index]


def test_every_sentence_has_the_word_to_be_replaced() -> None:
    for item in READINGS:
        with_miscue(item["text"], item["swap"], ["really"], "substitution", random.Random(6))


def test_a_phone_is_replaced_in_the_words_ipa() -> None:
    sentence = "aɪ θˈɪŋk sˈoʊ."  # noqa: RUF001
    assert plant_ipa(sentence, 3, [Planted(1, "TH", "S")]) == "aɪ sˈɪŋk sˈoʊ."  # noqa: RUF001
    assert plant_ipa(sentence, 3, [Planted(1, "K", None)]) == "aɪ θˈɪŋ sˈoʊ."  # noqa: RUF001


def test_a_part_of_a_diphthong_or_affricate_is_no_phone() -> None:
    assert plant_ipa("mˈaɪ", 1, [Planted(0, "IH", "IY")]) is None  # noqa: RUF001
    assert plant_ipa("tʃˈɜːtʃ", 1, [Planted(0, "SH", "S")]) is None  # noqa: RUF001


def test_words_run_together_cannot_be_told_apart() -> None:
    assert plant_ipa("ˌaʊɾəv tˈaʊn", 3, [Planted(2, "T", "D")]) is None  # noqa: RUF001


def test_a_phone_is_replaced_where_flite_says_the_word() -> None:
    sentence = "dh ax th ih k s uw p".split()  # noqa: SIM905
    word = "th ih k".split()  # noqa: SIM905
    changed = plant_phones(sentence, [(Planted(1, "TH", "T"), word)])
    assert changed == "dh ax t ih k s uw p".split()  # noqa: SIM905
    assert plant_phones(sentence, [(Planted(1, "K", None), word)]) == "dh ax th ih s uw p".split()  # noqa: SIM905
    assert plant_phones(sentence * 2, [(Planted(1, "TH", "T"), word)]) is None
