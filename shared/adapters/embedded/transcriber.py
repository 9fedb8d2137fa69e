"""Recognition on this machine: Whisper (OpenAI, MIT) through CTranslate2 and faster-whisper."""

import copy
import threading
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from shared.adapters.embedded.mel_bands import MelBands
from shared.adapters.embedded.whisper_weights import weights_digest
from shared.domain.errors import Unavailable
from shared.domain.transcription import AcousticFrames, HeardWord, Transcriber, Transcription

if TYPE_CHECKING:
    import numpy as np
    from faster_whisper import WhisperModel
    from numpy.typing import NDArray

SAMPLE_RATE: Final = 16_000
BEAM: Final = 2
FILLER_PROMPT: Final = (
    "Um, well, uh, I, I think, er, hmm, it's, like, you know, uh, the the thing is, um, okay."
)
_MISSED_S: Final = 1.0
_NO_LENGTH_S: Final = 0.03
_RESOLUTION_S: Final = 0.02
_NO_CONFIDENCE: Final = 0.3
_EXPECTED_ERRORS: Final = (RuntimeError, ValueError, OSError, MemoryError, ImportError)


class WhisperTranscriber:
    """Implements `Transcribes` with a CTranslate2 model, loaded at the first call.

    `weights` answers the model's directory; it is asked then, so that missing weights are a
    failure of that call.

    Decoding is greedy-deterministic: beam search at temperature 0 without fallback, nothing
    carried from one chunk to the next, one thread. `name` is shown in every analysis.
    """

    def __init__(
        self, weights: Callable[[], Path], *, cpu_threads: int = 1, name: str = "whisper-base"
    ) -> None:
        self._weights = weights
        self._cpu_threads = cpu_threads
        self._name = name
        self._lock = threading.Lock()
        self._loaded: tuple[WhisperModel, Transcriber] | None = None

    def transcribe(
        self,
        samples: "NDArray[np.float32]",
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        with_frames: bool = False,
    ) -> Transcription:
        try:
            model, transcriber = self._model()
            longest = max(chunks, key=lambda chunk: chunk[1] - chunk[0])
            words: list[HeardWord] = []
            detected, confidence = "", 0.0
            for chunk in chunks:
                encodings = _Encodings(model)
                words += _transcribe(encodings, samples, chunk, language, keep_fillers=keep_fillers)
                if chunk == longest:
                    detected, confidence = encodings.language()
            frames = self.encode(samples, chunks) if with_frames else ()
        except _EXPECTED_ERRORS as error:
            raise Unavailable(
                "The speech recogniser failed.", code="recognizer_unavailable"
            ) from error
        return Transcription(
            words=tuple(words),
            transcriber=transcriber,
            language=detected,
            language_confidence=confidence,
            keeps_fillers=keep_fillers,
            frames=frames,
        )

    def encode(
        self, samples: "NDArray[np.float32]", chunks: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        """The encoder's frames of each chunk, which depend on nothing outside the chunk."""
        model, _ = self._model()
        return tuple(_frames(model, samples, chunk) for chunk in chunks)

    def _model(self) -> "tuple[WhisperModel, Transcriber]":
        with self._lock:
            if self._loaded is None:
                from faster_whisper import WhisperModel

                directory = self._weights()
                model = WhisperModel(
                    str(directory),
                    device="cpu",
                    compute_type="int8",
                    cpu_threads=self._cpu_threads,
                    local_files_only=True,
                )
                extractor = model.feature_extractor
                extractor.mel_filters = MelBands(extractor.mel_filters)
                digest = weights_digest(directory)[:8]
                release = f"{digest}+faster-whisper-{version('faster-whisper')}"
                self._loaded = model, Transcriber(self._name, release)
            return self._loaded


class _Encodings:
    """A model that remembers the first window it encoded, to tell the language from it.

    Encoding is nearly all of language detection, and recognition has just done it.
    """

    def __init__(self, model: "WhisperModel") -> None:
        self._first: Any = None
        self._model = copy.copy(model)
        self._model.encode = self._encode
        self._encode_window = model.encode
        self.transcribe = self._model.transcribe

    def language(self) -> tuple[str, float]:
        """The most probable language (ISO 639-1) with its probability."""
        ((token, probability), *_), *_ = self._model.model.detect_language(self._first)
        return token.strip("<|>"), round(float(probability), 3)

    def _encode(self, features: "NDArray[np.float32]") -> Any:  # noqa: ANN401
        encoded = self._encode_window(features)
        if self._first is None:
            self._first = encoded
        return encoded


def _transcribe(
    model: _Encodings,
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
    model: _Encodings,
    samples: "NDArray[np.float32]",
    chunk: tuple[float, float],
    language: str,
    prompt: str | None,
) -> list[HeardWord]:
    start, end = chunk
    segments, _ = model.transcribe(
        _cut(samples, start, end),
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
    words: list[HeardWord] = []
    earliest = start
    for text, first, last, probability in _joined(
        word for segment in segments for word in segment.words or ()
    ):
        word_start = min(max(start + first, earliest), end)
        word_end = min(max(start + last, word_start), end)
        if word_end - word_start < _NO_LENGTH_S and probability < _NO_CONFIDENCE:
            continue  # what the decoder adds in the silence after the last word
        word_end = min(max(word_end, word_start + _RESOLUTION_S), end)
        earliest = word_end
        times = round(word_start, 3), round(word_end, 3)
        words.append(HeardWord(text, *times, confidence=round(probability, 3)))
    return words


def _joined(words: Iterable[Any]) -> list[tuple[str, float, float, float]]:
    """Pieces without a space before them ("-disposed", ":30") belong to the word before."""
    found: list[tuple[str, float, float, float]] = []
    for word in words:
        if found and not word.word.startswith(" "):
            text, first, _, probability = found[-1]
            found[-1] = text + word.word, first, word.end, min(probability, word.probability)
        else:
            found.append((word.word.strip(), word.start, word.end, word.probability))
    return [(text, float(a), float(b), float(c)) for text, a, b, c in found if text]


def _frames(
    model: "WhisperModel", samples: "NDArray[np.float32]", chunk: tuple[float, float]
) -> AcousticFrames:
    """The encoder over the chunk alone: recognition's window of 30 s costs many times as much."""
    import numpy as np

    features = model.feature_extractor(_cut(samples, *chunk))
    encoded = model.encode(np.ascontiguousarray(features))
    return AcousticFrames(chunk[0], np.array(encoded, dtype=np.float32)[0])


def _cut(samples: "NDArray[np.float32]", start_s: float, end_s: float) -> "NDArray[np.float32]":
    return samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
