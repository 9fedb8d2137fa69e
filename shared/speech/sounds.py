"""The sounds of a recording, frame by frame: what phones are found on, text or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.transcription import AcousticFrames
from shared.speech import networks
from shared.speech.calibration import calibration
from shared.speech.phone_alignment import PRIOR_WEIGHT, LogPosteriors
from shared.speech.phone_evidence import FRAMES_PER_S

POSTERIORS: Final = "phone-posteriors.onnx"


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """`frames` (n, 512) of the encoder, `starts_s` (n,) where each begins in the recording,
    `posteriors` (n, phones + silence) natural logarithms."""

    frames: NDArray[np.float32]
    starts_s: NDArray[np.float64]
    posteriors: LogPosteriors

    @property
    def likelihoods(self) -> NDArray[np.float32]:
        """(n, phones + silence), up to a constant for each frame."""
        return self.posteriors - PRIOR_WEIGHT * calibration().log_priors


def listen(stretches: Sequence[AcousticFrames]) -> Sounds:
    """At least one stretch, in the order of the recording.

    Raises `Unavailable` (`scorer_unavailable`) when the network is not the one pinned.
    """
    frames = np.concatenate([stretch.values for stretch in stretches]).astype(np.float32)
    starts = [each.start_s + np.arange(len(each.values)) / FRAMES_PER_S for each in stretches]
    (posteriors,) = networks.run(POSTERIORS, {"frames": frames})
    return Sounds(frames, np.concatenate(starts), posteriors)
