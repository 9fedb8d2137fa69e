"""The words of one stretch of speech, as Whisper hears them."""

import copy
import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from shared.domain.transcription import HeardWord

if TYPE_CHECKING:
    import numpy as np
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Word
    from numpy.typing import NDArray

SAMPLE_RATE: Final = 16_000
BEAM: Final = 2
FILLER_PROMPT: Final = (
    "Um, well, uh, I, I think, er, hmm, it's, like, you know, uh, the the thing is, um, okay."
)
_SOURCES: Final = ("mel_bands.py", "transcriber.py", "whisper_words.py")
_MISSED_S: Final = 1.0
_PADDED_S: Final = 5.0
_FRAMES_PER_S: Final = 100
_NO_LENGTH_S: Final = 0.03
_RESOLUTION_S: Final = 0.02
_NO_CONFIDENCE: Final = 0.3


@cache
def sources_digest() -> str:
    """SHA-256 of how the model is asked: settings and code, its weights and packages aside."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update(name.encode() + b"\0" + (Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


class _Nothing(Exception):
    """No speech is left in a chunk."""


class Encodings:
    """A model that remembers the first window it encoded, to tell the language from it.

    Encoding is nearly all of language detection, and recognition has just done it. Whisper pads
    its windows to 30 s, and tells the language worse without: the first one is padded so if it
    is to be a `whole` one, all others by 5 s, which cost as much less as they are shorter.
    """

    def __init__(self, model: "WhisperModel", *, whole: bool) -> None:
        self._first: Any = None
        self._whole = whole
        self._left_s: Callable[[], float] | None = None
        self._model = copy.copy(model)
        self._model.encode = self._encode
        self._encode_window = model.encode

    def language(self) -> tuple[str, float]:
        """The most probable language (ISO 639-1) with its probability."""
        ((token, probability), *_), *_ = self._model.model.detect_language(self._first)
        return token.strip("<|>"), round(float(probability), 3)

    def words(
        self, samples: "NDArray[np.float32]", language: str, prompt: str | None
    ) -> "list[Word]":
        """As faster-whisper gives them, but for what it adds after the end.

        It encodes another window for whatever follows the last word. Of a breath that costs as
        much as of 30 s, and Whisper reads into it what it has read most ("Thank you.").
        """
        segments, _ = self._model.transcribe(
            samples,
            language=language,
            beam_size=BEAM,
            temperature=0.0,
            compression_ratio_threshold=None,
            log_prob_threshold=None,
            no_speech_threshold=None,
            condition_on_previous_text=False,
            initial_prompt=prompt,
            word_timestamps=True,
        )
        words: list[Word] = []
        length_s = len(samples) / SAMPLE_RATE
        self._left_s = lambda: length_s - (words[-1].end if words else 0.0)
        with suppress(_Nothing):
            for segment in segments:
                words += segment.words or ()
        return words

    def _encode(self, features: "NDArray[np.float32]") -> Any:  # noqa: ANN401
        if self._first is None:
            self._first = self._encode_window(features if self._whole else _shortened(features))
            return self._first
        if self._left_s is not None and self._left_s() < _MISSED_S:
            raise _Nothing
        return self._encode_window(_shortened(features))


def hear_chunk(
    model: Encodings,
    samples: "NDArray[np.float32]",
    chunk: tuple[float, float],
    language: str,
    *,
    keep_fillers: bool,
) -> list[HeardWord]:
    """The words of one chunk, with times in the recording.

    Whisper sometimes ends before the chunk does. A chunk ends with speech, so what follows the
    last word is then heard once more by itself.
    """
    start, end = chunk
    prompt = FILLER_PROMPT if keep_fillers else None
    words = _hear(model, samples, chunk, language, prompt)
    heard_until = words[-1].end_s if words else start
    if words and end - heard_until >= _MISSED_S:
        rest = _hear(model, samples, (heard_until, end), language, prompt)
        words += [word for word in rest if (word.confidence or 0.0) >= _NO_CONFIDENCE]
    return words


def _hear(
    model: Encodings,
    samples: "NDArray[np.float32]",
    chunk: tuple[float, float],
    language: str,
    prompt: str | None,
) -> list[HeardWord]:
    start, end = chunk
    words: list[HeardWord] = []
    earliest = start
    found = model.words(cut(samples, start, end), language, prompt)
    for text, first, last, probability in _joined(found):
        word_start = min(max(start + first, earliest), end)
        word_end = min(max(start + last, word_start), end)
        if word_end - word_start < _NO_LENGTH_S and probability < _NO_CONFIDENCE:
            continue  # what the decoder adds in the silence after the last word
        word_end = min(max(word_end, word_start + _RESOLUTION_S), end)
        earliest = word_end
        times = round(word_start, 3), round(word_end, 3)
        words.append(HeardWord(text, *times, confidence=round(probability, 3)))
    return words


def _joined(words: "Iterable[Word]") -> list[tuple[str, float, float, float]]:
    """Pieces without a space before them ("-disposed", ":30") belong to the word before."""
    found: list[tuple[str, float, float, float]] = []
    for word in words:
        if found and not word.word.startswith(" "):
            text, first, _, probability = found[-1]
            found[-1] = text + word.word, first, word.end, min(probability, word.probability)
        else:
            found.append((word.word.strip(), word.start, word.end, word.probability))
    return [(text, float(a), float(b), float(c)) for text, a, b, c in found if text]


def _shortened(features: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Without the padding (zeros) beyond `_PADDED_S`; (bands, frames), an even number of them."""
    import numpy as np

    sound = int(np.flatnonzero(features.any(axis=0)).max(initial=0)) + 1
    frames = sound + round(_PADDED_S * _FRAMES_PER_S)
    return np.ascontiguousarray(features[:, : frames + frames % 2])


def cut(samples: "NDArray[np.float32]", start_s: float, end_s: float) -> "NDArray[np.float32]":
    return samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
