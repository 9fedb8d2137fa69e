"""Where speech is: Silero VAD v6 (MIT, https://github.com/snakers4/silero-vad), edges refined.

Segments and chunks are (start_s, end_s), in order and apart from each other.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from shared.domain.errors import AttemptFailed
from shared.speech.frames import SAMPLE_RATE, Levels, Samples, levels_dbfs

Segment = tuple[float, float]

MIN_SPEECH_S: Final = 0.5
REFINE_ABOVE_SNR_DB: Final = 20.0
MAX_CHUNK_S: Final = 25.0
_OPTIONS: Final = {"threshold": 0.5, "speech_pad_ms": 30, "min_silence_duration_ms": 200}
_REACH_S: Final = 0.1
_FRAME_S: Final = 0.01
_BELOW_PEAK_DB: Final = 35.0
_ABOVE_NOISE_DB: Final = 8.0
_CHUNK_PAD_S: Final = 0.2
_EARLIEST_CUT: Final = 0.5


def find_speech(samples: Samples) -> list[Segment]:
    """Speech segments at Silero's resolution of 32 ms.

    Raises `AttemptFailed` `no_speech` when there is less than half a second in all.
    """
    # The package brings the recogniser's libraries along, so it waits for the first recording.
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415

    found = get_speech_timestamps(samples, VadOptions(**_OPTIONS))
    segments = [(span["start"] / SAMPLE_RATE, span["end"] / SAMPLE_RATE) for span in found]
    if total_s(segments) < MIN_SPEECH_S:
        raise AttemptFailed("no_speech")
    return segments


def total_s(segments: Sequence[Segment]) -> float:
    return sum(end - start for start, end in segments)


def refine_edges(samples: Samples, segments: Sequence[Segment]) -> list[Segment]:
    """Move each edge by at most 100 ms to where the energy rises or falls, in steps of 10 ms.

    Only for recordings whose signal-to-noise ratio is above `REFINE_ABOVE_SNR_DB`: in noise the
    energy says less than the network.
    """
    levels = levels_dbfs(samples, _FRAME_S)
    noise = float(np.percentile(levels, 10))
    edges: list[float] = []
    for start, end in segments:
        inside = levels[_frame(start) : _frame(end) + 1]
        if inside.size == 0:
            edges += [start, end]
            continue
        peak = float(np.percentile(inside, 95))
        threshold = max(peak - _BELOW_PEAK_DB, noise + _ABOVE_NOISE_DB)
        edges += [_onset(levels, start, threshold), _offset(levels, end, threshold)]
    ordered = np.maximum.accumulate(np.clip(edges, 0.0, samples.size / SAMPLE_RATE)).tolist()
    pairs = zip(ordered[::2], ordered[1::2], strict=True)
    return [(round(start, 3), round(end, 3)) for start, end in pairs if end > start]


def _onset(levels: Levels, edge: float, threshold: float) -> float:
    first, last = _reach(levels, edge)
    loud = np.flatnonzero(levels[first:last] >= threshold)
    return (first + int(loud[0]) if loud.size else last) * _FRAME_S


def _offset(levels: Levels, edge: float, threshold: float) -> float:
    first, last = _reach(levels, edge)
    loud = np.flatnonzero(levels[first:last] >= threshold)
    return (first + int(loud[-1]) + 1 if loud.size else first) * _FRAME_S


def _reach(levels: Levels, edge: float) -> tuple[int, int]:
    first = min(max(0, _frame(edge - _REACH_S)), levels.size)
    return first, min(_frame(edge + _REACH_S), levels.size)


def _frame(time_s: float) -> int:
    return round(time_s / _FRAME_S)


def cut_chunks(samples: Samples, segments: Sequence[Segment]) -> list[Segment]:
    """Stretches of at most 25 s that hold all speech, for recognisers with a short window.

    Cut in the longest pause of the second half of the window; where there is no pause, in the
    quietest tenth of a second. Each reaches up to 0.2 s into the silence around it.
    """
    duration = samples.size / SAMPLE_RATE
    start = max(0.0, segments[0][0] - _CHUNK_PAD_S)
    last = min(duration, segments[-1][1] + _CHUNK_PAD_S)
    chunks: list[Segment] = []
    while last - start > MAX_CHUNK_S:
        end, following = _cut(samples, segments, start)
        chunks.append((start, end))
        start = following
    return [(round(begin, 3), round(end, 3)) for begin, end in [*chunks, (start, last)]]


def _cut(samples: Samples, segments: Sequence[Segment], start: float) -> Segment:
    """Where the chunk from `start` ends and where the next one begins."""
    earliest, latest = start + _EARLIEST_CUT * MAX_CHUNK_S, start + MAX_CHUNK_S
    gaps = [
        (before_end, after_start)
        for (_, before_end), (after_start, _) in pairwise(segments)
        if earliest <= before_end <= latest
    ]
    if gaps:
        silence_start, silence_end = max(gaps, key=lambda gap: gap[1] - gap[0])
        pad = min(_CHUNK_PAD_S, (silence_end - silence_start) / 2)
        return min(latest, silence_start + pad), silence_end - pad
    levels = levels_dbfs(
        samples[round(earliest * SAMPLE_RATE) : round(latest * SAMPLE_RATE)], _REACH_S
    )
    cut = earliest + (int(np.argmin(levels)) + 0.5) * _REACH_S
    return cut, cut
