"""A one-minute recording as a browser sends it: Opus in WebM, put together from the fixtures."""

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from shared.speech.decode import decode

_FIXTURES = ("kennedy.flac", "hobby.flac", "two-cities.webm", "application.flac")
_RATE = 16_000
_FRAME = 960


def one_minute(fixtures: Path, seconds: float = 60.0) -> bytes:
    """Speech of the fixtures one after the other, again and again until it is long enough."""
    spoken = [decode((fixtures / name).read_bytes()).samples for name in _FIXTURES]
    once = np.concatenate(spoken)
    wanted = int(seconds * _RATE)
    samples = np.tile(once, wanted // len(once) + 1)[:wanted]
    pcm = samples if samples.dtype == np.int16 else (samples * 32767).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=_RATE)
        stream.bit_rate = 32_000
        for start in range(0, wanted - _FRAME + 1, _FRAME):
            frame = av.AudioFrame.from_ndarray(
                pcm[np.newaxis, start : start + _FRAME], format="s16", layout="mono"
            )
            frame.sample_rate = _RATE
            frame.pts, frame.time_base = start, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
