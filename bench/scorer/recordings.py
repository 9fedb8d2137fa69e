"""The encoder's frames of every reading, made by the stages that ship, and kept in a cache.

The cache goes by the recordings' hashes: it is to be deleted when decoding, voice activity or the
recogniser have changed.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.scorer.corpus import Reading
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from shared.domain.errors import AttemptFailed
from shared.speech.cepstra import at_times, cepstra
from shared.speech.decode import decode
from shared.speech.phone_evidence import FRAMES_PER_S
from shared.speech.quality import measure_quality
from shared.speech.voice_activity import REFINE_ABOVE_SNR_DB, cut_chunks, find_speech, refine_edges


@dataclass(frozen=True)
class Recorded:
    """A reading with speech in it: `frames` (n, 512), whether the VAD found speech in each, when
    each starts, and `cepstra` (2 n, 39)."""

    reading: Reading
    frames: NDArray[np.float32]
    speech: NDArray[np.bool_]
    starts_s: NDArray[np.float64]
    cepstra: NDArray[np.float64]


def recorded(readings: list[Reading], models: Path, cache: Path) -> list[Recorded]:
    """Readings without speech are left out."""
    cache.mkdir(parents=True, exist_ok=True)
    transcriber = WhisperTranscriber(lambda: assemble(models))
    found = []
    for done, reading in enumerate(readings):
        data = reading.path.read_bytes()
        file = cache / f"{hashlib.sha256(data).hexdigest()}.npz"
        if not file.exists():
            unfinished = cache / "unfinished.npz"
            np.savez(unfinished, **_encoded(data, transcriber))
            unfinished.rename(file)
        with np.load(file) as arrays:
            if len(arrays["frames"]):
                frames = arrays["frames"].astype(np.float32)
                cepstra = arrays["cepstra"].astype(np.float64)
                found.append(
                    Recorded(reading, frames, arrays["speech"], arrays["starts_s"], cepstra)
                )
        if sys.stderr.isatty() or done % 500 == 0:
            print(f"\r{done + 1}/{len(readings)} recordings", end="", file=sys.stderr)
    print(file=sys.stderr)
    return found


def _encoded(data: bytes, transcriber: WhisperTranscriber) -> dict[str, NDArray[np.generic]]:
    samples = decode(data).samples
    try:
        segments = find_speech(samples)
    except AttemptFailed:
        return {"frames": np.zeros((0, 512), np.float16)}
    if measure_quality(samples, segments).snr_db > REFINE_ABOVE_SNR_DB:
        segments = refine_edges(samples, segments)
    stretches = transcriber.encode(samples, cut_chunks(samples, segments))
    starts = np.concatenate(
        [each.start_s + np.arange(len(each.values)) / FRAMES_PER_S for each in stretches]
    )
    frames = np.concatenate([each.values for each in stretches])
    return {
        "frames": frames.astype(np.float16),
        "speech": np.any([(a <= starts) & (starts < b) for a, b in segments], axis=0),
        "starts_s": starts,
        "cepstra": at_times(cepstra(samples), starts).astype(np.float32),
    }
