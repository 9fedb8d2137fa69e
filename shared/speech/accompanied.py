"""A recogniser elsewhere, accompanied by the encoder and, if wanted, the recogniser here."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from shared.domain.transcription import AcousticFrames, HeardWord, Transcription
from shared.ports.transcriber import Encodes, Transcribes
from shared.speech.text import words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_OVERLAP: Final = 0.5


class Accompanied:
    """`Transcribes` with the words of `words` and the frames of `encoder`, asked side by side.

    Pronunciation is then measured as with the recogniser here. With `fillers`, which recognises
    free speech once more, its sounds such as "um" are set between the words of `words` wherever
    those leave room; confidences and all else stay theirs.

    What is here is loaded before the other is asked, so that nobody pays for words that are lost.
    """

    def __init__(
        self, words: Transcribes, encoder: Encodes, fillers: Transcribes | None = None
    ) -> None:
        self._words = words
        self._encoder = encoder
        self._fillers = fillers

    @property
    def prompted(self) -> bool:
        return self._words.prompted

    def warm(self) -> None:
        self._words.warm()
        self._encoder.warm()

    def transcribe(
        self,
        samples: "NDArray[np.float32]",
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        frames_of: Sequence[tuple[float, float]] = (),
    ) -> Transcription:
        fillers = self._fillers if keep_fillers else None
        if frames_of or fillers:
            self._encoder.load()
        encoding: Future[tuple[AcousticFrames, ...]] | None = None
        hearing: Future[Transcription] | None = None
        with ThreadPoolExecutor(max_workers=1) as here:
            if frames_of:
                encoding = here.submit(self._encoder.encode, samples, frames_of)
            if fillers:
                hearing = here.submit(
                    fillers.transcribe, samples, chunks, language=language, keep_fillers=True
                )
            heard = self._words.transcribe(
                samples, chunks, language=language, keep_fillers=keep_fillers
            )
        if encoding:
            heard = replace(heard, frames=encoding.result())
        if hearing and not heard.keeps_fillers:
            words = with_fillers_of(heard.words, hearing.result().words, language)
            heard = replace(heard, words=words, keeps_fillers=hearing.result().keeps_fillers)
        return heard

    def encode(
        self, samples: "NDArray[np.float32]", stretches: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        return self._encoder.encode(samples, stretches)


def with_fillers_of(
    words: Sequence[HeardWord], others: Sequence[HeardWord], language: str
) -> tuple[HeardWord, ...]:
    """`words`, and of `others` the fillers at most half of which a word covers, in time order."""
    fillers = [
        other
        for other in others
        if all(word.is_filler for word in words_of(other.text, language))
        and _covered_s(other, words) <= _MOST_OVERLAP * (other.end_s - other.start_s)
    ]
    return tuple(sorted([*words, *fillers], key=lambda word: (word.start_s, word.end_s)))


def _covered_s(filler: HeardWord, words: Sequence[HeardWord]) -> float:
    shared = (min(filler.end_s, w.end_s) - max(filler.start_s, w.start_s) for w in words)
    return sum(seconds for seconds in shared if seconds > 0)
