"""Where speech is: Silero VAD v6 (MIT, https://github.com/snakers4/silero-vad), edges refined.

Segments and chunks are (start_s, end_s), in order and apart from each other.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.errors import AttemptFailed
from shared.speech.frames import SAMPLE_RATE, Levels, Samples, levels_dbfs
from shared.speech.loading import once

if TYPE_CHECKING:
    from faster_whisper.vad import SileroVADModel

Segment = tuple[float, float]
Probabilities = NDArray[np.float32]

MIN_SPEECH_S: Final = 0.5
REFINE_ABOVE_SNR_DB: Final = 20.0
MAX_CHUNK_S: Final = 25.0
FRAME_S: Final = 0.032
_BEGIN: Final = 0.5
_END: Final = 0.35
_PAD_S: Final = 0.03
_MIN_SILENCE_S: Final = 0.2
_REACH_S: Final = 0.1
_STEP_S: Final = 0.01
_BELOW_PEAK_DB: Final = 35.0
_ABOVE_NOISE_DB: Final = 8.0
_CHUNK_PAD_S: Final = 0.2
_EARLIEST_CUT: Final = 0.5


def find_speech(samples: Samples) -> list[Segment]:
    """Speech segments at Silero's resolution of 32 ms.

    Raises `AttemptFailed` `no_speech` when there is less than half a second in all.
    """
    return speech_of(speech_probabilities(samples), samples.size / SAMPLE_RATE)


def speech_of(probabilities: Probabilities, duration_s: float) -> list[Segment]:
    """`find_speech` where the probabilities of the recording are known."""
    segments = speech_in(probabilities, duration_s)
    if total_s(segments) < MIN_SPEECH_S:
        raise AttemptFailed("no_speech")
    return segments


def speech_probabilities(samples: Samples) -> Probabilities:
    """Probability of speech, 0 to 1, of every 32 ms; silence fills up the last of them."""
    frame = round(FRAME_S * SAMPLE_RATE)
    padded = np.pad(samples, (0, frame - samples.size % frame))
    return np.asarray(_network()(padded), dtype=np.float32).ravel()


def load() -> None:
    """Load the network ahead of the first recording."""
    _network()


@once
def _network() -> "SileroVADModel":
    # The package brings the recogniser's libraries along, so it waits for the first recording.
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415

    return get_vad_model()


def speech_in(
    probabilities: Probabilities,
    duration_s: float,
    *,
    min_silence_s: float = _MIN_SILENCE_S,
    pad_s: float = _PAD_S,
) -> list[Segment]:
    """Segments that begin at a probability of 0.5 and end where it stays below 0.35.

    They end when it stays there for `min_silence_s` at least, and reach up to `pad_s` into the
    silence around them.
    """
    starts: list[float] = []
    ends: list[float] = []
    quiet_since: float | None = None
    for number, probability in enumerate(probabilities.tolist()):
        at = number * FRAME_S
        speaking = len(starts) > len(ends)
        if probability >= _BEGIN:
            quiet_since = None
            if not speaking:
                starts.append(at)
        elif speaking and probability < _END:
            quiet_since = at if quiet_since is None else quiet_since
            if at - quiet_since >= min_silence_s:
                ends.append(quiet_since)
                quiet_since = None
    if len(starts) > len(ends):
        ends.append(duration_s)
    pads = [min(pad_s, (start - end) / 2) for end, start in zip(ends, starts[1:], strict=False)]
    padded = [
        (max(0.0, start - before), min(duration_s, end + after))
        for start, end, before, after in zip(
            starts, ends, [pad_s, *pads], [*pads, pad_s], strict=False
        )
    ]
    return [(round(start, 3), round(end, 3)) for start, end in padded]


def total_s(segments: Sequence[Segment]) -> float:
    return sum(end - start for start, end in segments)


def joined(segments: Sequence[Segment], min_gap_s: float) -> list[Segment]:
    """Segments with less than `min_gap_s` between them are one; in their order."""
    if not segments:
        return []
    gaps = [(end, start) for (_, end), (start, _) in pairwise(segments) if start - end >= min_gap_s]
    starts = [segments[0][0], *(start for _, start in gaps)]
    return list(zip(starts, [*(end for end, _ in gaps), segments[-1][1]], strict=True))


def refine_edges(
    samples: Samples,
    segments: Sequence[Segment],
    *,
    below_peak_db: float = _BELOW_PEAK_DB,
    reach_s: float = _REACH_S,
) -> list[Segment]:
    """Move each edge by at most `reach_s` to where the energy rises or falls, in steps of 10 ms.

    Sound more than `below_peak_db` below the loud frames of its segment is silence. Only for
    recordings whose signal-to-noise ratio is above `REFINE_ABOVE_SNR_DB`: in noise the energy says
    less than the network.
    """
    levels = levels_dbfs(samples, _STEP_S)
    noise = float(np.percentile(levels, 10))
    edges: list[float] = []
    for start, end in segments:
        inside = levels[_frame(start) : _frame(end) + 1]
        if inside.size == 0:
            edges += [start, end]
            continue
        peak = float(np.percentile(inside, 95))
        threshold = max(peak - below_peak_db, noise + _ABOVE_NOISE_DB)
        edges += [
            _onset(levels, start, threshold, reach_s),
            _offset(levels, end, threshold, reach_s),
        ]
    ordered = np.maximum.accumulate(np.clip(edges, 0.0, samples.size / SAMPLE_RATE)).tolist()
    pairs = zip(ordered[::2], ordered[1::2], strict=True)
    return [(round(start, 3), round(end, 3)) for start, end in pairs if end > start]


def _onset(levels: Levels, edge: float, threshold: float, reach_s: float) -> float:
    first, last = _reach(levels, edge, reach_s)
    loud = np.flatnonzero(levels[first:last] >= threshold)
    return (first + int(loud[0]) if loud.size else last) * _STEP_S


def _offset(levels: Levels, edge: float, threshold: float, reach_s: float) -> float:
    first, last = _reach(levels, edge, reach_s)
    loud = np.flatnonzero(levels[first:last] >= threshold)
    return (first + int(loud[-1]) + 1 if loud.size else first) * _STEP_S


def _reach(levels: Levels, edge: float, reach_s: float) -> tuple[int, int]:
    first = min(max(0, _frame(edge - reach_s)), levels.size)
    return first, min(_frame(edge + reach_s), levels.size)


def _frame(time_s: float) -> int:
    return round(time_s / _STEP_S)


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
