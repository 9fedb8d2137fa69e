"""What a recogniser heard."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Transcriber:
    """Which recogniser heard it; part of every analysis, so that a result can be traced."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One word as heard. Times in seconds from the start of the recording; confidence 0 to 1."""

    text: str
    start_s: float
    end_s: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AcousticFrames:
    """What the encoder of Whisper base makes of one stretch of speech; never stored.

    `values` (frames, 512), 50 frames a second from `start_s` of the recording on.
    """

    start_s: float
    values: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Transcription:
    """Words in time order. `language` is ISO 639-1 as detected, with its probability 0 to 1."""

    words: tuple[HeardWord, ...]
    transcriber: Transcriber
    language: str | None = None
    language_confidence: float | None = None
    keeps_fillers: bool = False
    frames: tuple[AcousticFrames, ...] = ()
