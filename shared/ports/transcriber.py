"""A speech recogniser, and the encoder of sounds that may stand beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from shared.domain.transcription import AcousticFrames, Transcription

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Transcribes(Protocol):
    def warm(self) -> None:
        """Begin in the background to load what `transcribe` needs; answers at once.

        May be called again, and need not be called. A failure is told by `transcribe`.
        """

    def transcribe(
        self,
        samples: "NDArray[np.float32]",
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        with_frames: bool = False,
    ) -> Transcription:
        """Words with times for mono 16 kHz samples in -1..1.

        `chunks` are (start_s, end_s) stretches that hold all speech, each at most 25 s, cut at
        pauses; an adapter may use or ignore them, but word times count from the start of
        `samples`. `language` is the ISO 639-1 code expected; the answer's `language` is the one
        detected, without a confidence where the recogniser gives none or tells only the one
        expected. `keep_fillers` asks for "um" and repetitions to be kept where the recogniser
        can, and the answer's `keeps_fillers` says whether it could. `with_frames` asks for the
        frames that pronunciation is measured on; they are () where there is no local encoder.

        The same samples give the same answer where the recogniser runs here. Raises
        `Unavailable` (code `recognizer_unavailable`) when the recogniser cannot answer.
        """


class Encodes(Protocol):
    """The encoder of a recogniser that runs here; raises `Unavailable` as it does."""

    def warm(self) -> None:
        """Begin to load in the background, as `Transcribes.warm`."""

    def load(self) -> None:
        """Load what `encode` needs, or wait until it is loaded."""

    def encode(
        self, samples: "NDArray[np.float32]", chunks: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        """The frames of each chunk, which depend on nothing outside the chunk."""
