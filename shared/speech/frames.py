"""Samples and the levels of their frames."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Levels = NDArray[np.float64]

SAMPLE_RATE: Final = 16_000
FLOOR_DBFS: Final = -96.0  # the quantisation step of 16 bits; digital silence has no logarithm


def levels_dbfs(samples: Samples, frame_s: float) -> Levels:
    """RMS level of each whole frame, back to back, in dB relative to full scale.

    A square wave of full scale is 0 dBFS, a sine -3 dBFS; nothing is below `FLOOR_DBFS`.
    """
    size = round(frame_s * SAMPLE_RATE)
    frames = samples[: samples.size // size * size].reshape(-1, size)
    return to_dbfs(np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / size)


def to_dbfs(power: Levels) -> Levels:
    """Mean square amplitude in dB, floored at `FLOOR_DBFS`."""
    floor = 10.0 ** (FLOOR_DBFS / 10.0)
    return np.asarray(10.0 * np.log10(np.maximum(power, floor)), dtype=np.float64)
