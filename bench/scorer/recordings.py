"""The encoder's frames of every reading, made by the stages that ship, and kept in a cache."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.scorer.corpus import Reading
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from shared.domain.errors import AttemptFailed
from shared.speech.decode import decode
from shared.speech.quality import measure_quality
from shared.speech.voice_activity import (
    REFINE_ABOVE_SNR_DB,
    cut_chunks,
    find_speech,
    refine_edges,
)


@dataclass(frozen=True)
class Recorded:
    """A reading with speech in it: `frames` (n, 512) and whether the VAD found speech in each."""

    reading: Reading
    frames: NDArray[np.float32]
    speech: NDArray[np.bool_]


def recorded(readings: list[Reading], models: Path, cache: Path) -> list[Recorded]:
    """Readings without speech are left out."""
    cache.mkdir(parents=True, exist_ok=True)
    transcriber = WhisperTranscriber(lambda: assemble(models))
    found = []
    for done, reading in enumerate(readings):
        file = cache / f"{reading.id}.npz"
        if not file.exists():
            frames, speech = _encoded(reading.path, transcriber)
            np.savez(file, frames=frames.astype(np.float16), speech=speech)
        with np.load(file) as arrays:
            if len(arrays["frames"]):
                frames = arrays["frames"].astype(np.float32)
                found.append(Recorded(reading, frames, arrays["speech"]))
        if sys.stderr.isatty() or done % 500 == 0:
            print(f"\r{done + 1}/{len(readings)} recordings", end="", file=sys.stderr)
    print(file=sys.stderr)
    return found


def _encoded(
    path: Path, transcriber: WhisperTranscriber
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    samples = decode(path.read_bytes()).samples
    try:
        segments = find_speech(samples)
    except AttemptFailed:
        return np.zeros((0, 512), np.float32), np.zeros(0, bool)
    if measure_quality(samples, segments).snr_db > REFINE_ABOVE_SNR_DB:
        segments = refine_edges(samples, segments)
    frames, speech = [], []
    for stretch in transcriber.encode(samples, cut_chunks(samples, segments)):
        times = stretch.start_s + np.arange(len(stretch.values)) / 50
        frames.append(stretch.values)
        speech.append(np.any([(a <= times) & (times < b) for a, b in segments], axis=0))
    return np.concatenate(frames), np.concatenate(speech)
