"""Finds the test clips inside any sound, and says which words are spoken in it, and when.

`tests/fixtures/audio/heard.json` holds the words of each clip as a local recogniser heard them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.speech.decode import decode

RATE = 16_000
_AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
_PIECE = slice(RATE, 3 * RATE)
_SAME = 0.98


@dataclass(frozen=True)
class SpokenWord:
    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True)
class Clip:
    """`piece` is what it is known by: its second and third second."""

    language: str
    piece: NDArray[np.float32]
    words: tuple[SpokenWord, ...]


def spoken_in(samples: NDArray[np.float32]) -> list[SpokenWord]:
    """The words of every known clip in `samples` (16 kHz), in order."""
    found = [
        SpokenWord(word.text, word.start_s + at_s, word.end_s + at_s, word.confidence)
        for clip in _clips()
        for at_s in _places(clip.piece, samples)
        for word in clip.words
    ]
    return sorted(found, key=lambda word: word.start_s)


@cache
def _clips() -> list[Clip]:
    known = json.loads((_AUDIO / "heard.json").read_text())
    return [
        Clip(
            clip["language"],
            decode((_AUDIO / name).read_bytes()).samples[_PIECE],
            tuple(SpokenWord(*word) for word in clip["words"]),
        )
        for name, clip in known.items()
    ]


def _places(piece: NDArray[np.float32], samples: NDArray[np.float32]) -> Iterator[float]:
    """Where `piece` begins a clip, in seconds, by normalised cross-correlation."""
    size = len(piece)
    if len(samples) < size:
        return
    length = len(samples) + size
    spectrum = np.fft.rfft(samples, length) * np.conj(np.fft.rfft(piece, length))
    products = np.fft.irfft(spectrum, length)[: len(samples) - size + 1]
    energy = np.cumsum(np.concatenate([[0.0], samples.astype(np.float64) ** 2]))
    loudness = np.sqrt(np.maximum(energy[size:] - energy[:-size], 1e-9))
    likeness = products / (loudness * np.linalg.norm(piece))
    while likeness.max() > _SAME:
        at = int(likeness.argmax())
        likeness[max(at - size, 0) : at + size] = 0
        yield (at - _PIECE.start) / RATE
