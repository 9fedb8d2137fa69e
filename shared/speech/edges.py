"""Where speech begins and ends, to a hundredth of a second.

Speech is what rises above the noise and is no more than 30 dB below the loud sounds: those of
English differ by 28 dB (H. Fletcher 1953, Speech and Hearing in Communication: "aw" to "th"), and
ANSI S3.5 gives speech a range of 30 dB. What is softer is breath and the room.

The network of `voice_activity` is sure that there is a pause, but in noise it lets go of speech
some 0.1 s late. Each edge is therefore sought again as a change point (E. S. Page 1954, Biometrika
41: the extreme of a cumulative sum) of how far the sound rises above the recording's own noise.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.frames import SAMPLE_RATE, Samples, to_dbfs
from shared.speech.voice_activity import FRAME_S as NETWORK_FRAME_S
from shared.speech.voice_activity import Probabilities, Segment, joined, refine_edges, speech_in

CLEAN_ABOVE_SNR_DB: Final = 30.0
CLEAN_REACH_S: Final = 0.15
SOFTEST_SPEECH_DB: Final = 30.0  # below the loud sounds
MIN_GAP_S: Final = 0.2  # a shorter one may be the closure of a plosive
_LOUD_PERCENTILE: Final = 95
_SPLIT_AFTER_S: Final = 0.12
_BLIP_S: Final = 0.4  # what is shorter and does not rise above the noise is noise
_HOP_S: Final = 0.01
_WINDOW_S: Final = 0.02
_FFT: Final = 512
_SMOOTHED_FRAMES: Final = 3
_BLOCK: Final = 512  # frames: what one step holds in memory
# Two critical bands each (Zwicker 1961, JASA 33); vowels, their upper formants, fricatives.
_BAND_EDGES_HZ: Final = (100, 300, 510, 770, 1080, 1480, 2000, 2700, 3700, 5300, 7700)
_GROUPS: Final = (slice(0, 4), slice(4, 7), slice(7, 10))
_SURELY_QUIET: Final = 0.1
_QUIET_MARGIN_FRAMES: Final = 6
_LEAST_NOISE_FRAMES: Final = 15
_QUIETEST_PERCENT: Final = 10
_LEAST_DEVIATION_DB: Final = 0.5
_TO_DEVIATION: Final = 1.4826  # of the median absolute deviation, for a normal distribution
_THRESHOLD: Final = 2.0  # deviations above the noise
_DEVIATIONS_PER_DB: Final = 0.5
_LEAST, _MOST = -1.0, 3.0
# Back and ahead. The network may let go 0.4 s late, or before the release of a final plosive.
_ONSET_REACH_S: Final = (0.3, 0.15)
_OFFSET_REACH_S: Final = (0.4, 0.2)
# How long a fading sound goes on below the noise: less than 25 dB above it, so much for each dB.
_FADED_S_PER_DB: Final = 0.002
_FADES_BELOW_SNR_DB: Final = 25.0

Floats = NDArray[np.float64]


def refined(
    samples: Samples, probabilities: Probabilities, segments: Sequence[Segment], snr_db: float
) -> list[Segment]:
    """The speech of `segments` with the edges that its signal-to-noise ratio allows to find."""
    if snr_db > CLEAN_ABOVE_SNR_DB:
        return refine_edges(
            samples, segments, below_peak_db=SOFTEST_SPEECH_DB, reach_s=CLEAN_REACH_S
        )
    return edges_in_noise(samples, probabilities, snr_db) or list(segments)


def edges_in_noise(samples: Samples, probabilities: Probabilities, snr_db: float) -> list[Segment]:
    """Speech segments (s) with edges in steps of 10 ms, at least 0.2 s of quiet between them.

    `probabilities` of speech are those of the same samples. Tuned on synthetic answers and on
    phrases of learners, joined by silences, with pink and white noise and hum 5 to 25 dB below.
    """
    found = speech_in(
        probabilities, samples.size / SAMPLE_RATE, min_silence_s=_SPLIT_AFTER_S, pad_s=0.0
    )
    rise = _above_noise(samples, probabilities)
    found = [span for span in found if span[1] - span[0] > _BLIP_S or _rises(rise, span)]
    faded_s = _FADED_S_PER_DB * max(0.0, _FADES_BELOW_SNR_DB - snr_db)
    edges: list[Segment] = []
    for number, (start, end) in enumerate(found):
        before = found[number - 1][1] if number else 0.0
        after = found[number + 1][0] if number + 1 < len(found) else rise.size * _HOP_S
        onset = _onset(rise, start, earliest=(before + start) / 2, latest=(start + end) / 2)
        offset = _offset(rise, end, earliest=onset, latest=(end + after) / 2) + faded_s
        edges.append((onset, offset) if onset < offset else (start, end))
    duration_s = samples.size / SAMPLE_RATE
    bounded = [(round(start, 3), round(min(end, duration_s), 3)) for start, end in edges]
    return joined(bounded, MIN_GAP_S)


def _rises(rise: Floats, segment: Segment) -> bool:
    first, last = _frames(rise, *segment)
    return float(rise[first:last].sum()) > 0


def _onset(rise: Floats, at: float, *, earliest: float, latest: float) -> float:
    back, ahead = _ONSET_REACH_S
    first, last = _frames(rise, max(at - back, earliest), min(at + ahead, latest))
    rest = np.cumsum(rise[first:last][::-1])[::-1]
    return (first + int(np.argmax(rest))) * _HOP_S if rest.max() > 0 else at


def _offset(rise: Floats, at: float, *, earliest: float, latest: float) -> float:
    back, ahead = _OFFSET_REACH_S
    first, last = _frames(rise, max(at - back, earliest), min(at + ahead, latest))
    so_far = np.cumsum(rise[first:last])
    return (last - int(np.argmax(so_far[::-1]))) * _HOP_S if so_far.max() > 0 else at


def _frames(rise: Floats, start_s: float, end_s: float) -> tuple[int, int]:
    """The first and the one after the last of them: one at least."""
    first = min(round(start_s / _HOP_S), rise.size - 1)
    return first, min(max(round(end_s / _HOP_S), first + 1), rise.size)


def _above_noise(samples: Samples, probabilities: Probabilities) -> Floats:
    """For each 10 ms, between -1 and 3: above 0 where it is speech, not noise or too soft."""
    bands = _band_levels(samples)
    levels = np.stack([bands[:, group].mean(axis=1) for group in _GROUPS], axis=1)
    quiet = _noise_frames(levels, probabilities)
    noise = levels[quiet]
    usual = np.median(noise, axis=0)
    deviation = _TO_DEVIATION * np.median(np.abs(noise - usual), axis=0)
    deviations = (levels - usual) / np.maximum(deviation, _LEAST_DEVIATION_DB)
    rise = np.minimum(deviations.max(axis=1) - _THRESHOLD, _above_softest(bands, quiet))
    return np.asarray(np.clip(rise, _LEAST, _MOST), dtype=np.float64)


def _above_softest(bands: Floats, quiet: NDArray[np.bool_]) -> Floats:
    """How far the power beyond the noise's mean in each band is above the softest speech's."""
    power = 10 ** (bands / 10)
    beyond = to_dbfs(np.maximum(power - power[quiet].mean(axis=0), 0.0).sum(axis=1))
    loud = np.percentile(beyond if quiet.all() else beyond[~quiet], _LOUD_PERCENTILE)
    return np.asarray(_DEVIATIONS_PER_DB * (beyond - loud + SOFTEST_SPEECH_DB), dtype=np.float64)


def _noise_frames(levels: Floats, probabilities: Probabilities) -> NDArray[np.bool_]:
    """Those the network is sure of, away from speech; where they are few, the faintest ones."""
    middles = (np.arange(len(levels)) + 0.5) * _HOP_S
    heard = np.minimum((middles / NETWORK_FRAME_S).astype(int), len(probabilities) - 1)
    speech = probabilities[heard] >= _SURELY_QUIET
    near = np.convolve(speech, np.ones(2 * _QUIET_MARGIN_FRAMES + 1), mode="same") > 0
    for quiet in (~near, ~speech):
        if np.count_nonzero(quiet) >= _LEAST_NOISE_FRAMES:
            return np.asarray(quiet, dtype=np.bool_)
    mean = levels.mean(axis=1)
    return np.asarray(mean <= np.percentile(mean, _QUIETEST_PERCENT), dtype=np.bool_)


def _band_levels(samples: Samples) -> Floats:
    """(frames, bands) in dB, smoothed over three frames; frame k is centred at 10 k + 5 ms."""
    window, hop = round(_WINDOW_S * SAMPLE_RATE), round(_HOP_S * SAMPLE_RATE)
    margin = (window - hop) // 2
    padded = np.pad(samples, (margin, margin))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    blocks = (frames[at : at + _BLOCK] for at in range(0, len(frames), _BLOCK))
    levels = to_dbfs(np.concatenate([_band_powers(block) for block in blocks]))
    reach = _SMOOTHED_FRAMES // 2
    wide = np.pad(levels, ((reach, reach), (0, 0)), mode="edge")
    shifted = [wide[i : i + len(levels)] for i in range(_SMOOTHED_FRAMES)]
    return np.asarray(np.mean(shifted, axis=0), dtype=np.float64)


def _band_powers(frames: Samples) -> Floats:
    window = np.hanning(frames.shape[1] + 2)[1:-1]
    power = np.abs(np.fft.rfft(frames.astype(np.float64) * window, _FFT, axis=1)) ** 2
    bins = [round(edge / SAMPLE_RATE * _FFT) for edge in _BAND_EDGES_HZ]
    return np.stack([power[:, a:b].sum(axis=1) for a, b in pairwise(bins)], axis=1)
