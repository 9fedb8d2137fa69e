from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from shared.domain.transcription import HeardWord, Transcriber, Transcription
from shared.speech.fillers import AROUND_S as A
from shared.speech.fillers import lone_stretches, stretches_to_encode, with_fillers
from shared.speech.phones import INDEX, SILENCE
from shared.speech.sounds import Sounds

FRAMES_PER_S = 50
SEGMENTS = [(0.2, 2.0), (2.6, 3.0), (3.6, 5.0)]
SOUND = (2.6, 3.0)


def sounds(*phones: str, at: tuple[float, float] = SOUND) -> Sounds:
    """Six seconds of silence but for the phones, equally long, at the time given."""
    share = np.full((6 * FRAMES_PER_S, SILENCE + 1), 0.001, dtype=np.float32)
    share[:, SILENCE] = 0.96
    first, last = (round(time * FRAMES_PER_S) for time in at)
    for phone, frames in zip(
        phones, np.array_split(np.arange(first, last), len(phones)), strict=True
    ):
        share[frames, SILENCE] = 0.001
        share[frames, INDEX[phone]] = 0.96
    starts = np.arange(len(share)) / FRAMES_PER_S
    return Sounds(np.zeros((len(share), 512), np.float32), starts, np.log(share))


def heard(*words: tuple[str, float, float, float | None]) -> Transcription:
    before = HeardWord("I", 0.3, 0.5, 0.9), HeardWord("think", 0.5, 1.9, 0.9)
    after = (HeardWord("so.", 3.7, 4.9, 0.9),)
    spoken = [HeardWord(*word) for word in words]
    return Transcription((*before, *spoken, *after), Transcriber("test", "1"), keeps_fillers=True)


def texts(transcription: Transcription) -> Sequence[str]:
    return [word.text for word in transcription.words]


@pytest.mark.parametrize(
    ("phones", "filler"),
    [(("AH",), "uh"), (("ER",), "uh"), (("AH", "M"), "um"), (("ER", "M"), "um"), (("M",), "um")],
)
def test_a_vowel_or_nasal_that_no_word_covers_is_a_filler(phones, filler):
    found = with_fillers(heard(), SEGMENTS, sounds(*phones))
    assert found.words[2] == HeardWord(filler, 2.6, 3.0)
    assert texts(found) == ["I", "think", filler, "so."]


@pytest.mark.parametrize("phones", [("S", "OW"), ("Y", "EH", "S"), ("AY",), ("B", "AH", "T")])
def test_other_sounds_are_none(phones):
    assert texts(with_fillers(heard(), SEGMENTS, sounds(*phones))) == ["I", "think", "so."]


@pytest.mark.parametrize(
    ("word", "confidence", "phones"),
    [
        ("Earn.", 0.4, ("ER", "N")),  # doubtful, and no better an account of the sound
        ("A,", 0.6, ("AH",)),
        ("and", 0.8, ("AA", "M")),  # quite sure, yet the sound is another
        ("with", 0.6, ("AE",)),
    ],
)
def test_a_doubtful_word_that_sounds_like_a_filler_is_one(word, confidence, phones):
    found = with_fillers(heard((word, 2.62, 2.9, confidence)), SEGMENTS, sounds(*phones))
    assert texts(found)[2] in {"uh", "um"}
    assert len(found.words) == 4


@pytest.mark.parametrize(
    ("word", "confidence", "phones"),
    [
        ("and,", 0.95, ("AH", "N")),  # the recogniser is sure
        ("Earn.", 0.7, ("ER", "N")),  # it is rather sure, and the sound agrees
        ("a", 0.8, ("AH",)),
        ("on", None, ("AA", "N")),  # no confidence is no doubt
        ("so", 0.3, ("S", "OW")),
    ],
)
def test_a_word_stays_where_it_is_no_worse_an_account(word, confidence, phones):
    said = heard((word, 2.62, 2.9, confidence))
    assert with_fillers(said, SEGMENTS, sounds(*phones)) == said


def test_a_filler_that_was_written_is_not_told_twice():
    said = heard(("Um,", 2.62, 2.9, 0.1))
    assert with_fillers(said, SEGMENTS, sounds("AH", "M")) == said


def test_three_words_are_no_filler():
    said = heard(("a", 2.6, 2.7, 0.2), ("a", 2.7, 2.8, 0.2), ("a", 2.8, 2.95, 0.2))
    assert with_fillers(said, SEGMENTS, sounds("AH")) == said


def test_a_sound_with_speech_beside_it_is_left_to_the_recogniser():
    near = [(0.2, 2.0), (2.1, 3.0), (3.6, 5.0)]
    assert texts(with_fillers(heard(), near, sounds("AH"))) == ["I", "think", "so."]


@pytest.mark.parametrize("start_s", [2.1, 2.9])  # before the filler, or within it
def test_a_word_stretched_over_the_pause_belongs_to_the_speech_at_its_end(start_s):
    said = heard(("coffee", start_s, 4.5, 0.95))
    found = with_fillers(said, SEGMENTS, sounds("AH"))
    assert texts(found) == ["I", "think", "uh", "coffee", "so."]


def test_lone_stretches_are_short_and_between_pauses():
    segments = [(0.0, 0.05), (0.5, 0.9), (1.3, 1.5), (1.6, 1.9), (2.3, 3.6), (4.0, 4.3)]
    assert lone_stretches(segments) == [(0.5, 0.9), (1.3, 1.9), (4.0, 4.3)]
    assert lone_stretches([]) == []


@pytest.mark.parametrize(
    ("lone", "expected"),
    [
        ([], []),
        ([(9.0, 9.4)], [(9 - A, 9.4 + A)]),
        ([(0.3, 0.6), (29.5, 29.9)], [(0, 0.6 + A), (29.5 - A, 30)]),  # within the recording
        ([(9.0, 9.4), (9.4 + 2 * A, 10 + 2 * A)], [(9 - A, 10 + 3 * A)]),  # touching
        ([(9.0, 9.4), (9.5 + 2 * A, 10 + 2 * A)], [(9 - A, 9.4 + A), (9.5 + A, 10 + 3 * A)]),
    ],
)
def test_what_is_encoded_for_fillers_is_lone_stretches_and_what_is_around_them(lone, expected):
    long = (19.0, 22.0)
    found = stretches_to_encode(sorted([long, *lone]), 30.0)
    assert found == [pytest.approx(each) for each in expected]


def test_no_more_than_25_s_are_encoded_at_once():
    lone = [(start, start + 0.5) for start in np.arange(3.0, 170.0, 1.3).round(1).tolist()]
    found = stretches_to_encode(lone, 180.0)
    assert len(found) == 8
    assert all(end - start <= 25 for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all(any(a < start and end < b for a, b in found) for start, end in lone)
    assert found[0][0] == 3 - A
    assert found[-1][1] == lone[-1][1] + A


def test_where_there_are_no_frames_nothing_is_told():
    found = with_fillers(heard(), SEGMENTS, sounds("AH"))
    empty = Sounds(
        np.zeros((0, 512), np.float32), np.zeros(0), np.zeros((0, SILENCE + 1), np.float32)
    )
    assert texts(found) != texts(with_fillers(heard(), SEGMENTS, empty))
