"""Recognition on this machine: Whisper (OpenAI, MIT) through CTranslate2 and faster-whisper."""

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from shared.adapters.embedded.mel_bands import MelBands
from shared.adapters.embedded.whisper_weights import weights_digest
from shared.adapters.embedded.whisper_words import Encodings, cut, hear_chunk, sources_digest
from shared.domain.errors import Unavailable
from shared.domain.transcription import AcousticFrames, HeardWord, Transcriber, Transcription

if TYPE_CHECKING:
    import numpy as np
    from faster_whisper import WhisperModel
    from numpy.typing import NDArray

T = TypeVar("T")
U = TypeVar("U")
_EXPECTED_ERRORS: Final = (RuntimeError, ValueError, OSError, MemoryError, ImportError)


class WhisperTranscriber:
    """Implements `Transcribes` and `Encodes` with a CTranslate2 model, loaded when first needed.

    `weights` answers the model's directory; it is asked then, so that missing weights are a
    failure of the call that needs them.

    Decoding is greedy-deterministic: beam search at temperature 0 without fallback, nothing
    carried from one chunk to the next, one thread for words and one for frames. With two `workers`
    they work side by side, for 100 MB more; it changes nothing in the answer.
    `name` is shown in every analysis.
    """

    prompted: Final = True

    def __init__(
        self,
        weights: Callable[[], Path],
        *,
        workers: int = 1,
        name: str = "whisper-base",
    ) -> None:
        self._weights = weights
        self._workers = workers
        self._name = name
        self._lock = threading.Lock()
        self._warming = False
        self._loaded: tuple[WhisperModel, Transcriber] | None = None

    def warm(self) -> None:
        if not self._warming:
            self._warming = True
            threading.Thread(target=self._try_to_load, name="load-whisper", daemon=True).start()

    def load(self) -> None:
        with _unavailable_on_failure():
            self._model()

    def transcribe(
        self,
        samples: "NDArray[np.float32]",
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        frames_of: Sequence[tuple[float, float]] = (),
    ) -> Transcription:
        longest = max(chunks, key=lambda chunk: chunk[1] - chunk[0])
        with _unavailable_on_failure(), ThreadPoolExecutor(1) as beside:
            model, transcriber = self._model()

            def hear(chunk: tuple[float, float]) -> tuple[list[HeardWord], tuple[str, float]]:
                _give_back_memory()
                encodings = Encodings(model, whole=chunk == longest)
                words = hear_chunk(encodings, samples, chunk, language, keep_fillers=keep_fillers)
                return words, encodings.language() if chunk == longest else ("", 0.0)

            side_by_side = beside.map if self._workers > 1 else map
            encoding = side_by_side(partial(_frames, model, samples), frames_of)
            heard = [hear(chunk) for chunk in chunks]
            _give_back_memory()
            frames = tuple(encoding)
        _give_back_memory()
        detected, confidence = max((told for _, told in heard), key=lambda told: told[1])
        return Transcription(
            words=tuple(chain.from_iterable(words for words, _ in heard)),
            transcriber=transcriber,
            language=detected,
            language_confidence=confidence,
            keeps_fillers=keep_fillers,
            frames=frames,
        )

    def encode(
        self, samples: "NDArray[np.float32]", stretches: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        with _unavailable_on_failure():
            model, _ = self._model()
            return tuple(_frames(model, samples, stretch) for stretch in stretches)

    def _try_to_load(self) -> None:
        with suppress(Unavailable):  # which whoever needs the model is told
            self.load()

    def _model(self) -> "tuple[WhisperModel, Transcriber]":
        with self._lock:
            if self._loaded is None:
                from faster_whisper import WhisperModel

                directory = self._weights()
                model = WhisperModel(
                    str(directory),
                    device="cpu",
                    compute_type="int8",
                    cpu_threads=1,
                    num_workers=self._workers,
                    local_files_only=True,
                )
                model.encode = _one_at_a_time(model.encode)
                extractor = model.feature_extractor
                extractor.mel_filters = MelBands(extractor.mel_filters)
                digest = weights_digest(directory)[:8]
                package = f"faster-whisper-{version('faster-whisper')}"
                release = f"{digest}+{package}+{sources_digest()[:8]}"
                self._loaded = model, Transcriber(self._name, release)
                _give_back_memory()
            return self._loaded


def _one_at_a_time(encode: Callable[[T], U]) -> Callable[[T], U]:
    """A window's attention takes 70 MB; what is made of it can be read while the next is made."""
    encoding = threading.Lock()

    def wait_and_encode(features: T) -> U:
        with encoding:
            return encode(features)

    return wait_and_encode


def _give_back_memory() -> None:
    """What was freed: glibc keeps 100 MB and more of it, for stages that come once."""
    with suppress(OSError, AttributeError):  # other C libraries have no such call
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def _unavailable_on_failure() -> Iterator[None]:
    try:
        yield
    except _EXPECTED_ERRORS as error:
        raise Unavailable("The speech recogniser failed.", code="recognizer_unavailable") from error


def _frames(
    model: "WhisperModel", samples: "NDArray[np.float32]", stretch: tuple[float, float]
) -> AcousticFrames:
    """The encoder over the stretch alone: recognition's window of 30 s costs many times as much."""
    import numpy as np

    features = model.feature_extractor(cut(samples, *stretch))
    encoded = model.encode(np.ascontiguousarray(features))
    return AcousticFrames(stretch[0], np.array(encoded, dtype=np.float32)[0])
