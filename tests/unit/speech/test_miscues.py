from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from shared.domain.transcription import HeardWord
from shared.speech.alignment import align
from shared.speech.hearing import Hearing, count_restarts, read_words
from shared.speech.miscues import reconsider
from shared.speech.phones import INDEX, SILENCE
from shared.speech.pronunciations import word_pronunciations
from shared.speech.text import words_of

FRAME_S, PHONE_FRAMES = 0.02, 4
TEXT = "My father never eats breakfast before seven."


def spoken(sentence):
    """Likelihoods of the words as the dictionary has them, and when each begins and ends.

    A word in brackets is said in the phones it holds; "|" is a pause of half a second.
    """
    rows, times = [], []

    def say(phone, frames):
        row = np.full(SILENCE + 1, -6.0)
        row[INDEX[phone] if phone else SILENCE] = 2.0
        rows.extend([row] * frames)

    say("", 5)
    for token in sentence.split():
        if token == "|":
            say("", 25)
            continue
        start = len(rows)
        known = token[1:-1].split("-") if token[0] == "[" else None
        for phone in known or word_pronunciations(words_of(token, "en")[0])[0]:
            say(phone, PHONE_FRAMES)
        times.append((start * FRAME_S, len(rows) * FRAME_S))
    say("", 5)
    return np.array(rows, dtype=np.float32), times


def heard_as(words, times):
    """Times of the sounds where the numbers agree, else spread evenly."""
    tokens = words.split()
    if len(tokens) != len(times):
        edges = np.linspace(times[0][0], times[-1][1], len(tokens) + 1)
        times = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    found = [HeardWord(text, *span, 0.8) for text, span in zip(tokens, times, strict=True)]
    return Hearing(tuple(found), tuple(words_of(words, "en")))


def reading(said, heard, text=TEXT, clearness=1.0):
    """The hearing, the alignment and "word:result" of all words not simply read."""
    likelihoods, times = spoken(said)
    likelihoods *= clearness
    sounds = SimpleNamespace(
        likelihoods=likelihoods, starts_s=np.arange(len(likelihoods)) * FRAME_S
    )
    expected = words_of(text, "en")
    hearing = heard_as(heard, times)
    hearing, aligned = reconsider(align(expected, hearing.texts), expected, hearing, sounds)
    words = read_words(aligned, expected, hearing)
    return hearing, aligned, [f"{w.text}:{w.result}" for w in words if w.result != "correct"]


def told(said, heard, text=TEXT, clearness=1.0):
    return reading(said, heard, text, clearness)[2]


@pytest.mark.parametrize(
    "heard",
    [
        TEXT,
        "My farther never needs break fast before seven.",
        "My father eats breakfast before seven.",
        "And my father never eats the breakfast before eleven.",
    ],
)
def test_where_the_sounds_are_the_texts_the_recogniser_is_not_believed(heard):
    assert told(TEXT, heard) == []


@pytest.mark.parametrize(
    ("said", "heard", "faults"),
    [
        ("My father eats breakfast before seven.", TEXT, ["never:omitted"]),
        (
            "My father eats breakfast before seven.",
            "My farther it's breakfast for seven.",
            ["never:omitted"],
        ),
        (
            "My father never really eats breakfast before seven.",
            "My father never really eats breakfast before seven.",
            ["really:inserted"],
        ),
        (
            "My father never eats dinner before seven.",
            "My father never eats dinner before seven.",
            ["breakfast:substituted"],
        ),
        ("My father never | never eats breakfast before seven.", TEXT, ["never:repeated"]),
        (
            "My father | My father never eats breakfast before seven.",
            "My further my father never eats breakfast before seven.",
            ["My:repeated", "further:repeated"],
        ),
        (
            "My father never eats breakfast before | eats breakfast before seven.",
            TEXT,
            ["eats:repeated", "breakfast:repeated", "before:repeated"],
        ),
        (
            "My father never eats [B-R-EH] | breakfast before seven.",
            "My father never eats bread breakfast before seven.",
            ["bread:repeated"],
        ),
        (
            "My mother | father never eats breakfast before seven.",
            "My mother father never eats breakfast before seven.",
            ["mother:inserted"],
        ),
    ],
)
def test_what_the_sounds_tell(said, heard, faults):
    assert told(said, heard) == faults


def test_a_word_left_out_beside_one_added_was_exchanged_for_it():
    said, text = "We go to work by car or bus.", "We go to work by train or bus."
    assert told(said, "We go to work by car bus.", text) == ["train:substituted"]


def test_a_filler_takes_the_place_of_no_word():
    said = "My father [AH-M] eats breakfast before seven."
    faults = told(said, "My father um eats breakfast before seven.")
    assert sorted(faults) == ["never:omitted", "um:filler"]


@pytest.mark.parametrize(
    ("word", "heard", "faults"),
    [
        ("often", "My father never often eats breakfast before seven.", ["often:inserted"]),
        ("often", "My father every often it's breakfast before seven.", []),
        ("always", "My father never always eats breakfast before seven.", ["always:inserted"]),
        ("evening", "My father never evening eats breakfast before seven.", []),
    ],
)
def test_an_unclear_word_is_believed_between_words_heard_rightly_if_no_first_try(
    word, heard, faults
):
    said = f"My father never {word} eats breakfast before seven."
    assert told(said, heard, clearness=0.1) == faults
    assert told(said, heard) != []


def test_words_missed_by_the_recogniser_are_put_where_they_were_said():
    hearing, aligned, _ = reading("My father never | never eats breakfast before seven.", TEXT)
    assert [text.text for text in hearing.texts][2:4] == ["never", "never"]
    missed = [word for word in hearing.words if word.confidence is None]
    assert len(missed) == 1
    times = [(word.start_s, word.end_s) for word in hearing.words]
    assert all(start <= end for start, end in times)
    assert all(a[1] <= b[0] for a, b in pairwise(times))
    assert count_restarts(hearing, aligned) == 1


def test_what_was_heard_instead_stays_with_the_word():
    hearing, aligned, _ = reading(TEXT, "My farther never eats breakfast before seven.")
    words = read_words(aligned, words_of(TEXT, "en"), hearing)
    assert (words[1].text, words[1].heard, words[1].result) == ("father", "farther", "correct")


@pytest.mark.parametrize(("said", "result"), [("[F-R-IY]", "correct"), ("[F-AY-V]", "substituted")])
def test_a_word_of_one_other_phone_is_the_texts_word_said_badly(said, result):
    heard = "Free men came." if said == "[F-R-IY]" else "Five men came."
    hearing, aligned, _ = reading(f"{said} men came.", heard, "Three men came.")
    assert read_words(aligned, words_of("Three men came.", "en"), hearing)[0].result == result


def test_fillers_are_kept():
    assert told(
        "My father um never eats breakfast before seven.",
        "My father um never eats breakfast before seven.",
    ) == ["um:filler"]


def test_a_word_repeated_as_a_numeral():
    text = "Three visitors came."
    assert told("Three | Three visitors came.", "3, 3 visitors came.", text) == ["3:repeated"]


def test_a_word_that_no_dictionary_has_is_read_whatever_it_sounds_like():
    text = "My father Xhosqu never eats breakfast."
    said = "My father [Z-OW-K-UW] never eats breakfast."
    assert told(said, "My father so cool never eats breakfast.", text) == []


def test_a_long_reading_in_stretches():
    text = " ".join([TEXT] * 6)
    said = " | ".join([TEXT] * 3 + ["My father eats breakfast before seven."] + [TEXT] * 2)
    heard = said.replace(" |", "")
    hearing, aligned, faults = reading(said, heard, text)
    assert faults == ["never:omitted"]
    assert [i for item in aligned for i in item.reference] == list(range(len(words_of(text, "en"))))
    assert [i for item in aligned for i in item.heard] == list(range(len(hearing.words)))


def test_without_frames_nothing_changes():
    expected = words_of(TEXT, "en")
    hearing = heard_as(TEXT, spoken(TEXT)[1])
    aligned = align(expected, hearing.texts)
    nothing = SimpleNamespace(likelihoods=np.zeros((0, SILENCE + 1)), starts_s=np.zeros(0))
    assert reconsider(aligned, expected, hearing, nothing) == (hearing, aligned)


def test_every_word_is_in_exactly_one_item_whatever_was_heard():
    rng = np.random.default_rng(8)
    words = [*TEXT.rstrip(".").split(), "um", "3", "Xhosqu", "the"]
    expected = words_of(TEXT, "en")
    for _ in range(40):
        said = " ".join(rng.choice(words[:7], size=rng.integers(1, 12)))
        heard = " ".join(rng.choice(words, size=rng.integers(1, 12)))
        hearing, aligned, _ = reading(said, heard)
        assert [i for item in aligned for i in item.reference] == list(range(len(expected)))
        assert [i for item in aligned for i in item.heard] == list(range(len(hearing.words)))
        assert set(heard.split()) <= {word.text for word in hearing.words}


def test_what_was_recognised_stays_where_the_sounds_hold_no_word():
    silence = np.full((100, SILENCE + 1), -6.0, dtype=np.float32)
    silence[:, SILENCE] = 2.0
    sounds = SimpleNamespace(likelihoods=silence, starts_s=np.arange(100) * FRAME_S)
    expected, hearing = words_of("Breakfast.", "en"), heard_as("breakfast", [(0.2, 0.8)])
    aligned = align(expected, hearing.texts)
    assert reconsider(aligned, expected, hearing, sounds) == (hearing, aligned)
