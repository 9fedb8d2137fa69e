"""Cepstra as the acoustic model of PocketSphinx was trained on: 100 frames a second of 39 values.

Mel-frequency cepstra (Davis & Mermelstein, IEEE Trans. ASSP 28, 1980) with the settings of the
model's `feat.params`: pre-emphasis, Hamming windows of 25.6 ms, 25 triangular bands of equal area
from 130 to 6800 Hz, noise reduced by spectral minima (Doblinger, Eurospeech 1995) and temporal
masking (Kim & Stern, ICASSP 2012), 13 liftered cosine coefficients, and their differences of first
and second order. Sums run in one order, whatever the number of threads.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.frames import SAMPLE_RATE, Samples

Cepstra = NDArray[np.float64]

FRAME_RATE: Final = 100
OF_A_FRAME: Final = 2  # of these for one of the encoder's, which are 20 ms apart
COEFFICIENTS: Final = 13
VALUES: Final = 3 * COEFFICIENTS
_SHIFT: Final = SAMPLE_RATE // FRAME_RATE
_WINDOW: Final = 410
_FFT: Final = 512
_BLOCK: Final = 1000  # frames at a time; three minutes at once take 120 MB more
_FULL_SCALE: Final = 32_768
_PRE_EMPHASIS: Final = 0.97
_BANDS: Final = 25
_LOWEST_HZ, _HIGHEST_HZ = 130.0, 6800.0
_LIFTER: Final = 22
_LOG_FLOOR: Final = 1e-4
_TOUCH: Final = 0.5  # of a frame: times are rounded to the nearest
_REACH: Final = 3  # frames on each side that the differences look at
# Noise reduction: forgetting factors of power, of rising and falling minima, and of the mask.
_OF_POWER, _OF_RISE, _OF_FALL, _OF_MASK = 0.7, 0.995, 0.5, 0.85
_MASKED: Final = 0.2
_GAIN: Final = 20.0
_SILENT: Final = 1e-10
_SMOOTHED: Final = 4  # bands on each side


def cepstra(samples: Samples) -> Cepstra:
    """(frames, VALUES): coefficients, then their first and second differences.

    Frame k covers the samples 160 k to 160 k + 410; no frames when there is not one window.
    """
    bands = _without_noise(_mel_bands(samples))
    if not len(bands):
        return np.zeros((0, VALUES))
    static = np.einsum("tb,bc->tc", np.log(bands + _LOG_FLOOR), _cosines())
    padded = np.pad(static, ((_REACH, _REACH), (0, 0)), mode="edge")
    size = len(static)
    at = {shift: padded[_REACH + shift : _REACH + shift + size] for shift in range(-3, 4)}
    first = at[2] - at[-2]
    second = (at[3] - at[-1]) - (at[1] - at[-3])
    return np.asarray(np.concatenate([static, first, second], axis=1))


def at_times(values: Cepstra, starts_s: NDArray[np.float64]) -> Cepstra:
    """(2 n, VALUES): the two frames that are centred in each 20 ms from `starts_s` (n,) on.

    Coefficients are without their mean over these (cepstral mean normalisation).
    """
    first = np.floor(starts_s * FRAME_RATE + _TOUCH).astype(np.int64) - 1
    rows = (first[:, None] + np.arange(OF_A_FRAME)).ravel().clip(0, len(values) - 1)
    found: Cepstra = values[rows]
    found[:, :COEFFICIENTS] -= found[:, :COEFFICIENTS].mean(axis=0)
    return found


def _mel_bands(samples: Samples) -> NDArray[np.float64]:
    """Energy in each band of each frame, of 16-bit samples."""
    if len(samples) < _WINDOW:
        return np.zeros((0, _BANDS))
    before = np.concatenate([np.zeros(1, samples.dtype), samples])
    windows = np.lib.stride_tricks.sliding_window_view(before, _WINDOW + 1)[::_SHIFT]
    blocks = (windows[at : at + _BLOCK] for at in range(0, len(windows), _BLOCK))
    return np.concatenate([_energies(block) for block in blocks])


def _energies(windows: Samples) -> NDArray[np.float64]:
    """Of windows with the sample before each."""
    scaled = windows.astype(np.float64) * _FULL_SCALE
    frames = scaled[:, 1:] - _PRE_EMPHASIS * scaled[:, :-1]
    spectrum = np.fft.rfft(frames * np.hamming(_WINDOW), _FFT)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.asarray(np.einsum("tf,fb->tb", power, _triangles()))


@cache
def _triangles() -> NDArray[np.float64]:
    """(bins, bands), the corners on whole bins."""
    lowest, highest = (2595 * np.log10(1 + hertz / 700) for hertz in (_LOWEST_HZ, _HIGHEST_HZ))
    mel = np.linspace(lowest, highest, _BANDS + 2)
    step = SAMPLE_RATE / _FFT
    corners = np.floor(700 * (10 ** (mel / 2595) - 1) / step + 0.5) * step
    bins = np.arange(_FFT // 2 + 1)[:, None] * step
    left, peak, right = corners[:-2], corners[1:-1], corners[2:]
    rising, falling = (bins - left) / (peak - left), (right - bins) / (right - peak)
    return np.asarray(np.maximum(np.minimum(rising, falling), 0.0) * 2 / (right - left))


@cache
def _cosines() -> NDArray[np.float64]:
    """(bands, coefficients): the orthonormal cosine transform, liftered."""
    at = np.arange(COEFFICIENTS)
    waves = np.cos(np.pi * (np.arange(_BANDS)[:, None] + 0.5) * at / _BANDS)
    scale = np.where(at == 0, np.sqrt(1 / _BANDS), np.sqrt(2 / _BANDS))
    return np.asarray(waves * scale * (1 + _LIFTER / 2 * np.sin(np.pi * at / _LIFTER)))


def _without_noise(bands: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(bands):
        return bands
    power = bands[0].copy()
    noise, floor = bands[0] / _GAIN, bands[0] / _GAIN
    peak = np.zeros(_BANDS)
    gains = np.empty_like(bands)
    for frame, energy in enumerate(bands):
        power = _OF_POWER * power + (1 - _OF_POWER) * energy
        noise = _lower_envelope(noise, power)
        signal = np.maximum(power - noise, 1.0)
        floor = _lower_envelope(floor, signal)
        peak *= _OF_MASK
        masked = np.where(signal < _OF_MASK * peak, peak * _MASKED, signal)
        peak = np.maximum(peak, signal)
        kept = np.maximum(masked, floor) / np.maximum(power, _SILENT)
        gains[frame] = np.clip(kept, 1 / _GAIN, _GAIN)
    edges = np.arange(_BANDS)
    low, high = np.maximum(edges - _SMOOTHED, 0), np.minimum(edges + _SMOOTHED, _BANDS - 1) + 1
    total = np.concatenate([np.zeros((len(bands), 1)), gains.cumsum(axis=1)], axis=1)
    return np.asarray(bands * (total[:, high] - total[:, low]) / (high - low))


def _lower_envelope(
    envelope: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    forget = np.where(values >= envelope, _OF_RISE, _OF_FALL)
    return forget * envelope + (1 - forget) * values
