"""A speech recogniser, and the encoder of sounds that may stand beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from shared.domain.transcription import AcousticFrames, Transcription

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Transcribes(Protocol):
    @property
    def prompted(self) -> bool:
        """Whether fillers are kept by a prompt, without which other words may be heard as well."""

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
        frames_of: Sequence[tuple[float, float]] = (),
    ) -> Transcription:
        """Words with times for mono 16 kHz samples in -1..1.

        `chunks` are (start_s, end_s) stretches that hold all speech, each at most 25 s, cut at
        pauses; an adapter may use or ignore them, but word times count from the start of
        `samples`. `language` is the ISO 639-1 code expected; the answer's `language` is the one
        detected, without a confidence where the recogniser gives none or tells only the one
        expected. `keep_fillers` asks for "um" and repetitions to be kept where the recogniser
        can, and the answer's `keeps_fillers` says whether it could. `frames_of` are stretches, at
        most 25 s each, in order and apart from each other, whose frames the answer then has in
        that order; it has none where there is no local encoder.

        The same samples give the same answer where the recogniser runs here. Raises
        `Unavailable` (code `recognizer_unavailable`) when the recogniser cannot answer.
        """

    def encode(
        self, samples: "NDArray[np.float32]", stretches: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        """The frames that `frames_of` would give, without words; raises as `transcribe` does."""


class Encodes(Protocol):
    """The encoder of a recogniser that runs here; raises `Unavailable` as it does."""

    def warm(self) -> None:
        """Begin to load in the background, as `Transcribes.warm`."""

    def load(self) -> None:
        """Load what `encode` needs, or wait until it is loaded."""

    def encode(
        self, samples: "NDArray[np.float32]", stretches: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        """The frames of each stretch, which depend on nothing outside it."""
