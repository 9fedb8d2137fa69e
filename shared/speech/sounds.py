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
    """At least one stretch, in the order of the recording and apart from each other.

    Raises `Unavailable` (`scorer_unavailable`) when the network is not the one pinned.
    """
    starts = [each.start_s + np.arange(len(each.values)) / FRAMES_PER_S for each in stretches]
    # What the network keeps in between is wider than the frames: one stretch at a time.
    posteriors = [networks.run(POSTERIORS, {"frames": each.values})[0] for each in stretches]
    return Sounds(
        np.concatenate([each.values for each in stretches]),
        np.concatenate(starts),
        np.concatenate(posteriors),
    )
