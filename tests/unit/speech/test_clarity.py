"""Speech is clear where the recogniser is sure of words that have their sounds."""

import numpy as np
import pytest

from shared.domain.transcription import HeardWord
from shared.speech.clarity import LEAST_CONFIDENCE, clear_share
from shared.speech.hearing import hearing_of
from shared.speech.phones import INDEX, SILENCE
from shared.speech.sounds import Sounds

FRAMES_PER_S = 50
SURE = 0.9
THINK = ("TH", "IH", "NG", "K")
WORDS = 10
SEGMENTS = [(0.0, float(WORDS))]
CHUNKS = [(0.0, 5.0), (5.0, float(WORDS))]


def sounds(seconds: int = WORDS) -> Sounds:
    """ "think" in every second."""
    share = np.full((seconds * FRAMES_PER_S, SILENCE + 1), (1 - SURE) / SILENCE, dtype=np.float32)
    for second in range(seconds):
        frames = np.arange(FRAMES_PER_S) + second * FRAMES_PER_S
        for phone, at in zip(THINK, np.array_split(frames, len(THINK)), strict=True):
            share[at, INDEX[phone]] = SURE
    starts = np.arange(len(share)) / FRAMES_PER_S
    return Sounds(np.zeros((len(share), 512), np.float32), starts, np.log(share))


def clear(*texts: str, confidence: float | None = 0.9, seconds: int = WORDS) -> float:
    words = [HeardWord(text, i + 0.1, i + 0.9, confidence) for i, text in enumerate(texts)]
    return clear_share(hearing_of(words, SEGMENTS, "en"), sounds(seconds), CHUNKS)


def test_words_that_were_said_are_clear():
    assert clear(*["think"] * WORDS) == 1.0
    assert clear("think", "think") == 1.0


@pytest.mark.parametrize("confidence", [LEAST_CONFIDENCE - 0.01, None])
def test_what_the_recogniser_is_not_sure_of_is_not(confidence):
    assert clear(*["think"] * WORDS, confidence=confidence) == 0.0


def test_words_that_nobody_said_are_not_however_sure_they_are():
    assert clear(*["bubble"] * WORDS, confidence=1.0) == 0.0
    assert clear(*["xyzzy"] * WORDS, confidence=1.0) == 0.0


def test_every_run_of_five_words_counts_alike():
    half = clear(*["think"] * 5, *["bubble"] * 5)
    assert 1 / 6 <= half <= 3 / 6


def test_words_without_room_or_sounds_are_not_clear():
    crowded = ["international"] * 3
    words = [HeardWord(text, 0.1, 0.9, 1.0) for _ in range(20) for text in crowded]
    assert clear_share(hearing_of(words, SEGMENTS, "en"), sounds(), CHUNKS) == 0.0
    assert clear(*["think"] * WORDS, seconds=5) == pytest.approx(2 / 6)
    assert clear() == 0.0
