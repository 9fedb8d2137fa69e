"""How much the voice varies in loudness."""

import numpy as np

from shared.speech.frames import SAMPLE_RATE, Samples, to_dbfs
from shared.speech.pitch import HOP_S, MIN_VOICED_S, WINDOW_S, PitchTrack


def loudness_variation_db(samples: Samples, track: PitchTrack) -> float | None:
    """Standard deviation of the level of the voiced frames, in dB.

    Of the family of prosodic features in K. Zechner et al. (2009), Speech Communication 51.
    `track` is the pitch of the same samples. None with less than a second of voice.
    """
    if np.count_nonzero(track.voiced) * HOP_S < MIN_VOICED_S:
        return None
    window, hop = round(WINDOW_S * SAMPLE_RATE), round(HOP_S * SAMPLE_RATE)
    energy = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    starts = np.arange(track.hz.size) * hop
    levels = to_dbfs((energy[starts + window] - energy[starts]) / window)
    return float(np.std(levels[track.voiced]))
