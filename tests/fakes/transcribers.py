"""Recognisers that hear what a test tells them to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from shared.domain.transcription import AcousticFrames, HeardWord, Transcriber, Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.frames import Samples
from shared.speech.text import FILLERS

Chunks = Sequence[tuple[float, float]]


class FakeTranscriber:
    """`Transcribes` by a function that takes the same arguments; it has no encoder."""

    prompted = True

    def __init__(self, hear: Callable[..., Transcription]) -> None:
        self._hear = hear

    def warm(self) -> None: ...

    def transcribe(self, samples: Samples, chunks: Chunks, **options: Any) -> Transcription:
        return self._hear(samples, chunks, **options)

    def encode(self, samples: Samples, stretches: Chunks) -> tuple[AcousticFrames, ...]:
        return ()


def given(words: tuple[HeardWord, ...]) -> FakeTranscriber:
    """Hears these words, and keeps fillers where it is asked to."""

    def hear(
        samples: Samples, chunks: Chunks, *, language: str, keep_fillers: bool, **_: object
    ) -> Transcription:
        return Transcription(words, Transcriber("given", "1"), language, keeps_fillers=keep_fillers)

    return FakeTranscriber(hear)


def scripted(text: str) -> FakeTranscriber:
    """Hears the text in every recording, its words evenly over the speech."""
    said = text.split()

    def hear(samples: Samples, chunks: Chunks, **_: object) -> Transcription:
        times = np.linspace(chunks[0][0], chunks[-1][1], len(said) + 1)
        spans = zip(said, times, times[1:], strict=False)
        words = tuple(HeardWord(word, float(a), float(b), 0.9) for word, a, b in spans)
        return Transcription(words, Transcriber("scripted", "1"), keeps_fillers=True)

    return FakeTranscriber(hear)


def tidy(transcriber: Transcribes, *, keeps: bool) -> FakeTranscriber:
    """Another without the fillers it wrote; `keeps` is what it says of them."""

    def hear(samples: Samples, chunks: Chunks, **options: Any) -> Transcription:
        heard = transcriber.transcribe(samples, chunks, **options)
        return replace(heard, words=without_fillers(heard.words), keeps_fillers=keeps)

    return FakeTranscriber(hear)


def without_fillers(words: Sequence[HeardWord]) -> tuple[HeardWord, ...]:
    return tuple(word for word in words if word.text.strip(".,?!").casefold() not in FILLERS)
