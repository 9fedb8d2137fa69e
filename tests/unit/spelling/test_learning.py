"""The model learned from a slice of the dictionary."""

import os
import subprocess
import sys

import numpy as np
import pytest

from bench.spelling.errors import ErrorRates
from bench.spelling.graphones import shares, split
from bench.spelling.ngrams import learn
from shared.speech.grapheme_to_phoneme import END, START, Graphones
from shared.speech.lexicon import listed, pronunciations

SLICE = [word for word in listed() if word.isascii() and word.isalpha() and len(word) > 2][::160]


@pytest.fixture(scope="module")
def entries():
    return [(word, tuple(pronunciations(word)[0].split())) for word in SLICE]


@pytest.fixture(scope="module")
def known(entries):
    return shares(entries)


@pytest.fixture(scope="module")
def content(entries, known):
    return learn(found for entry in entries if (found := split(*entry, known)))


@pytest.fixture(scope="module")
def model(content):
    return Graphones.of(content)


def test_letters_stand_for_their_phones(known):
    assert split("fox", ("F", "AA", "K", "S"), known) == [
        ("f", ("F",)),
        ("o", ("AA",)),
        ("x", ("K", "S")),
    ]
    assert split("made", ("M", "EY", "D"), known)[-1] == ("e", ())
    assert split("wood", ("W", "UH", "D"), known)[-1] == ("d", ("D",))


def test_what_letters_stand_for_adds_up(known):
    for letter in "abcdefghijklmnopqrstuvwxyz":
        total = sum(share for graphone, share in known.items() if graphone[0] == letter)
        assert 0.8 < total <= 1 + 1e-9


def test_what_no_letter_stands_for_is_not_split(known):
    assert split("aa", ("B", "AE", "ZH", "K", "S", "T"), known) == []


def test_after_every_history_the_probabilities_add_up(model):
    every = np.arange(len(model.letters))
    scores, following = model._after(np.arange(len(model.backoffs)), every)
    assert np.exp(scores).sum(axis=1) == pytest.approx(1, abs=0.02)
    assert 0 <= following.min() < following.max() < len(model.backoffs)


def test_words_of_the_slice_are_said_as_learned(model, entries):
    rates = ErrorRates()
    for word, phones in entries:
        rates.count(model.ways(word)[:1], [phones])
    assert rates.wrong_phones / rates.phones < 0.2


def test_only_letters_begin_and_end_a_word(model):
    assert (model.letters == START).sum() == (model.letters == END).sum() == 1
    assert set(model.letters) == set(range(START + 1))


_LEARN = """
import hashlib
from bench.spelling.graphones import shares, split
from bench.spelling.ngrams import learn
from shared.speech.lexicon import listed, pronunciations
words = [word for word in listed() if word.isascii() and word.isalpha() and len(word) > 2][::160]
entries = [(word, tuple(pronunciations(word)[0].split())) for word in words]
known = shares(entries)
found = learn(found for entry in entries if (found := split(*entry, known)))
print(hashlib.sha256(found).hexdigest())
"""


def test_every_process_learns_the_same():
    found = {
        subprocess.run(
            [sys.executable, "-c", _LEARN],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_the_nearest_accepted_way_counts_and_no_way_is_all_wrong():
    rates = ErrorRates()
    rates.count([("K", "AE")], [("D", "AO", "G"), ("K", "AE", "T")])
    rates.count([], [("K", "AE")])
    rates.count([("K",)], [("K",)])
    assert (rates.words, rates.wrong_words, rates.phones, rates.wrong_phones) == (3, 2, 6, 3)
    assert str(rates) == "50.0% of phones, 66.7% of words wrong"
