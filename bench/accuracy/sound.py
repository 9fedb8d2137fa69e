"""Samples made louder, higher, noisier and joined: float arrays at 16 kHz, -1 to 1."""

import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
RATE = 16_000
SPEECH_DBFS = -20.0
# The sounds of English differ by 28 dB (H. Fletcher 1953, Speech and Hearing in Communication) and
# ANSI S3.5 gives speech a range of 30 dB: what is softer is breath, room or the voice's own noise.
SOFTEST_SPEECH_DB = -30.0
_TRIM_DB = -45.0
_LOUDEST = 0.95
_FRAME = 160
_LONGEST_SILENCE = 15


def read_wav(path: Path) -> Samples:
    """A mono 16-bit WAV file, at 16 kHz whatever rate it has."""
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        raw = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return resampled((raw / 32768).astype(np.float32), rate, RATE)


def write_wav(path: Path, samples: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())


def resampled(samples: Samples, rate: float, to: float) -> Samples:
    """Band-limited by a Fourier transform, so that nothing is mirrored below the new limit."""
    if rate == to:
        return samples
    size = round(len(samples) * to / rate)
    spectrum = np.fft.rfft(samples)
    wanted = np.zeros(size // 2 + 1, dtype=complex)
    kept = min(len(spectrum), len(wanted))
    wanted[:kept] = spectrum[:kept]
    return (np.fft.irfft(wanted, size) * (size / len(samples))).astype(np.float32)


def shifted(samples: Samples, factor: float) -> Samples:
    """Pitch and formants times `factor`, and as much faster: a smaller or a larger speaker."""
    return resampled(samples, RATE * factor, RATE)


def trimmed(samples: Samples) -> Samples:
    """Without the silence at both ends, in steps of 10 ms: more than 45 dB below the peak."""
    loud = np.flatnonzero(_is_loud(samples, _TRIM_DB))
    return samples[loud[0] * _FRAME : (loud[-1] + 1) * _FRAME]


def run_on(samples: Samples) -> Samples:
    """Silences inside are cut to 0.15 s, so that the only pauses are those put between parts."""
    loud = _is_loud(samples, _TRIM_DB)
    quiet = 0
    kept = np.zeros(len(loud), bool)
    for frame, is_loud in enumerate(loud):
        quiet = 0 if is_loud else quiet + 1
        kept[frame] = quiet <= _LONGEST_SILENCE
    return samples[: len(loud) * _FRAME].reshape(-1, _FRAME)[kept].ravel()


def speech_within(samples: Samples) -> tuple[float, float]:
    """Where speech begins and ends (s), in steps of 10 ms: within 30 dB of the loudest of them."""
    loud = np.flatnonzero(_is_loud(samples, SOFTEST_SPEECH_DB))
    return float(loud[0] * _FRAME / RATE), float((loud[-1] + 1) * _FRAME / RATE)


def _is_loud(samples: Samples, above_db: float) -> NDArray[np.bool_]:
    """Which 10 ms lie above so many dB relative to the loudest."""
    frames = len(samples) // _FRAME
    energy = np.square(samples[: frames * _FRAME].reshape(frames, _FRAME)).mean(axis=1)
    return np.asarray(energy > energy.max() * 10 ** (above_db / 10))


def levelled(samples: Samples) -> Samples:
    """At `SPEECH_DBFS` (RMS), below clipping."""
    wanted = samples * 10 ** (SPEECH_DBFS / 20) / np.sqrt(np.square(samples).mean())
    return _unclipped(wanted)


def noisy(samples: Samples, snr_db: float, rng: np.random.Generator) -> Samples:
    """With pink noise, `snr_db` below speech of `SPEECH_DBFS`."""
    white = np.fft.rfft(rng.standard_normal(len(samples)))
    frequencies = np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE), 50.0)
    pink = np.fft.irfft(white / np.sqrt(frequencies), len(samples))
    wanted = 10 ** ((SPEECH_DBFS - snr_db) / 20)
    mixed = samples + pink * wanted / np.sqrt(np.square(pink).mean())
    return _unclipped(mixed)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def _unclipped(samples: NDArray[np.floating[Any]]) -> Samples:
    loudest = float(np.abs(samples).max())
    return np.asarray(samples / max(1.0, loudest / _LOUDEST), np.float32)
