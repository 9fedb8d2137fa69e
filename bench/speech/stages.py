"""Processor seconds of each stage of the engine, which knows nothing of it."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.transcription import AcousticFrames, Transcription
from shared.speech import assess, extract

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RECOGNITION: Final = "recognition"
ENCODER: Final = "encoder pass"
OTHER: Final = "other"
# Where the engine calls each stage: what a stage calls in turn is taken off its own time.
STAGES: Final[dict[str, tuple[tuple[object, str], ...]]] = {
    "decode": ((extract, "decode"),),
    "VAD and quality": ((extract, "_speech"),),
    "alignment": ((extract, "align"), (extract, "reconsider")),
    "phones": ((extract, "listen"), (extract, "gather"), (extract, "with_fillers")),
    "pitch": ((extract, "_melody"),),
    "scores": ((assess, "judge"),),
}
ORDER: Final = (
    "decode",
    "VAD and quality",
    RECOGNITION,
    ENCODER,
    "phones",
    "pitch",
    "alignment",
    "scores",
    OTHER,
)


class Clock:
    """Own processor seconds by stage; `timed` may be nested, on one thread at a time."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inside: list[float] = []

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        started = time.process_time()
        self._inside.append(0.0)
        try:
            yield
        finally:
            spent = time.process_time() - started
            self.seconds[stage] += spent - self._inside.pop()
            if self._inside:
                self._inside[-1] += spent

    def wrap(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            with self.timed(stage):
                return function(*arguments, **options)

        return run


class TimedTranscriber:
    """`Transcribes` by another, words and frames one after the other so that each is timed."""

    prompted = True

    def __init__(self, transcriber: WhisperTranscriber, clock: Clock) -> None:
        self._transcriber = transcriber
        self._clock = clock

    def warm(self) -> None:
        pass

    def transcribe(
        self,
        samples: "NDArray[np.float32]",
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        frames_of: Sequence[tuple[float, float]] = (),
    ) -> Transcription:
        with self._clock.timed(RECOGNITION):
            heard = self._transcriber.transcribe(
                samples, chunks, language=language, keep_fillers=keep_fillers
            )
        if not frames_of:
            return heard
        return replace(heard, frames=self.encode(samples, frames_of))

    def encode(
        self, samples: "NDArray[np.float32]", stretches: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        with self._clock.timed(ENCODER):
            return self._transcriber.encode(samples, stretches)


@contextmanager
def clocked() -> Iterator[Clock]:
    """While it lasts, the engine's stages are timed."""
    clock = Clock()
    with ExitStack() as patches:
        for stage, places in STAGES.items():
            for module, name in places:
                wrapped = clock.wrap(stage, getattr(module, name))
                patches.enter_context(patch.object(module, name, wrapped))
        yield clock
