"""Fundamental frequency by autocorrelation and a Viterbi path.

After P. Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17: Hann window of three periods of
the lowest pitch, autocorrelation divided by the window's own, candidates with a strength each,
and the cheapest path over them. Costs are those of Praat's manual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.frames import SAMPLE_RATE, Samples

LOWEST_HZ: Final = 75.0
HIGHEST_HZ: Final = 500.0
HOP_S: Final = 0.01
WINDOW_S: Final = 3 / LOWEST_HZ
SILENCE_THRESHOLD: Final = 0.03
VOICING_THRESHOLD: Final = 0.45
OCTAVE_COST: Final = 0.01
OCTAVE_JUMP_COST: Final = 0.35
VOICED_UNVOICED_COST: Final = 0.14
MIN_VOICED_S: Final = 1.0
_CANDIDATES: Final = 6
_FRAMES_AT_ONCE: Final = 1024  # bounds the memory of the transforms to some 40 MB

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PitchTrack:
    """`hz` of the frames, 0 where unvoiced; frame k is centred at `(k + 2) * HOP_S`."""

    hz: Floats

    @property
    def voiced(self) -> NDArray[np.bool_]:
        return self.hz > 0


def track_pitch(samples: Samples) -> PitchTrack:
    """The pitch of mono samples at 16 kHz, one frame of 40 ms every 10 ms."""
    window, hop = round(WINDOW_S * SAMPLE_RATE), round(HOP_S * SAMPLE_RATE)
    if samples.size < window:
        return PitchTrack(np.zeros(0))
    frames = np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]
    peak = float(np.max(np.abs(samples)))
    blocks = [
        _candidates(np.asarray(frames[i : i + _FRAMES_AT_ONCE], dtype=np.float64), peak)
        for i in range(0, len(frames), _FRAMES_AT_ONCE)
    ]
    hz = np.concatenate([block[0] for block in blocks])
    strength = np.concatenate([block[1] for block in blocks])
    return PitchTrack(_best_path(hz, strength))


def only_within(track: PitchTrack, segments: Sequence[tuple[float, float]]) -> PitchTrack:
    """The track with every frame unvoiced whose centre is outside the speech segments."""
    centres = (np.arange(track.hz.size) + WINDOW_S / HOP_S / 2) * HOP_S
    inside = np.zeros(track.hz.size, dtype=np.bool_)
    for start, end in segments:
        inside |= (centres >= start) & (centres <= end)
    return PitchTrack(np.where(inside, track.hz, 0.0))


def pitch_range_st(track: PitchTrack) -> float | None:
    """Distance of the 90th from the 10th percentile of voiced pitch, in semitones.

    Less sensitive to octave errors and creak than `pitch_sd_st`. None with less than a second of
    voice.
    """
    hz = _voiced_hz(track)
    if hz is None:
        return None
    low, high = np.percentile(hz, [10, 90])
    return float(12 * np.log2(high / low))


def pitch_sd_st(track: PitchTrack) -> float | None:
    """Standard deviation of 12 log2(f0 / median f0) over the voiced frames, in semitones.

    R. Hincks (2005), System 33, divides the deviation in Hz by the mean; semitones compare
    voices likewise. None with less than a second of voice.
    """
    hz = _voiced_hz(track)
    return None if hz is None else float(np.std(12 * np.log2(hz / np.median(hz))))


def _voiced_hz(track: PitchTrack) -> Floats | None:
    hz = track.hz[track.voiced]
    return None if hz.size * HOP_S < MIN_VOICED_S else hz


def _candidates(frames: Floats, peak: float) -> tuple[Floats, Floats]:
    """Frequency (0 for unvoiced, in the first column) and strength of each frame's candidates."""
    frames = frames - frames.mean(axis=1, keepdims=True)
    loudness = np.max(np.abs(frames), axis=1) / max(peak, 1e-9)
    shortest, longest = int(SAMPLE_RATE / HIGHEST_HZ), int(SAMPLE_RATE / LOWEST_HZ) + 1
    correlation = _autocorrelation(frames, longest + 2)
    inner = correlation[:, shortest : longest + 1]
    before, after = (
        correlation[:, shortest - 1 : longest],
        correlation[:, shortest + 1 : longest + 2],
    )
    is_peak = (inner > before) & (inner >= after) & (inner > VOICING_THRESHOLD / 2)
    ranked = np.where(
        is_peak, inner - OCTAVE_COST * np.log2(np.arange(shortest, longest + 1)), -9.0
    )
    best = np.argsort(-ranked, axis=1, kind="stable")[:, :_CANDIDATES]
    rows = np.arange(len(frames))[:, None]
    left, middle, right = before[rows, best], inner[rows, best], after[rows, best]
    curvature = np.minimum(left - 2 * middle + right, -1e-12)
    shift = np.clip((left - right) / (2 * curvature), -0.5, 0.5)
    hz = SAMPLE_RATE / (best + shortest + shift)
    height = np.minimum(middle - (left - right) * shift / 4, 1.0)
    found = np.take_along_axis(is_peak, best, axis=1) & (hz >= LOWEST_HZ) & (hz <= HIGHEST_HZ)
    strength = np.where(found, height - OCTAVE_COST * np.log2(LOWEST_HZ / hz), -np.inf)
    silence = 2 - loudness / (SILENCE_THRESHOLD / (1 + VOICING_THRESHOLD))
    unvoiced = VOICING_THRESHOLD + np.maximum(0.0, silence)
    return (
        np.column_stack([np.zeros(len(frames)), np.where(found, hz, LOWEST_HZ)]),
        np.column_stack([unvoiced, strength]),
    )


def _autocorrelation(frames: Floats, lags: int) -> Floats:
    """Normalised autocorrelation of the windowed frames, divided by that of the window."""
    window = np.hanning(frames.shape[1] + 2)[1:-1]
    size = 1 << (frames.shape[1] + lags - 1).bit_length()
    power = np.abs(np.fft.rfft(np.vstack([frames * window, window]), size)) ** 2
    raw = np.fft.irfft(power, size)[:, :lags]
    normal = raw / np.maximum(raw[:, :1], 1e-12)
    return np.asarray(normal[:-1] / normal[-1], dtype=np.float64)


def _best_path(hz: Floats, strength: Floats) -> Floats:
    """Viterbi: the candidates with the greatest strength less the cost of their transitions."""
    scale = 0.01 / HOP_S  # Praat states its transition costs for steps of 10 ms
    octave = np.log2(np.where(hz > 0, hz, 1.0))
    voiced = hz > 0
    total = strength[0]
    back = np.zeros(hz.shape, dtype=np.intp)
    for k in range(1, len(hz)):
        jump = OCTAVE_JUMP_COST * np.abs(octave[k - 1][:, None] - octave[k])
        both = voiced[k - 1][:, None] & voiced[k]
        change = voiced[k - 1][:, None] != voiced[k]
        step = total[:, None] - scale * np.where(both, jump, VOICED_UNVOICED_COST * change)
        back[k] = np.argmax(step, axis=0)
        total = np.max(step, axis=0) + strength[k]
    path = np.zeros(len(hz), dtype=np.intp)
    path[-1] = int(np.argmax(total))
    for k in range(len(hz) - 1, 0, -1):
        path[k - 1] = back[k, path[k]]
    return np.asarray(hz[np.arange(len(hz)), path], dtype=np.float64)
