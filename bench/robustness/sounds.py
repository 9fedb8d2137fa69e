"""Sounds in which nobody speaks, nobody can be understood, or two speak at once."""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 16_000

Sound = NDArray[np.float32]


def generator(chance: random.Random) -> np.random.Generator:
    return np.random.default_rng(chance.getrandbits(64))


def silence(chance: random.Random) -> Sound:
    """Digital silence, a constant, or hardly audible hiss."""
    size = _size(chance)
    kind = chance.choice(("zero", "constant", "hiss"))
    if kind == "zero":
        return np.zeros(size, np.float32)
    if kind == "constant":
        return np.full(size, chance.uniform(-0.5, 0.5), np.float32)
    return (generator(chance).normal(0, 10 ** chance.uniform(-5, -3.5), size)).astype(np.float32)


def tone(chance: random.Random) -> Sound:
    """A sine, a square wave, two sines, a sweep or a beep that comes and goes."""
    t = np.arange(_size(chance)) / RATE
    hz = 10 ** chance.uniform(1.7, 3.6)
    wave = np.sin(2 * np.pi * hz * t)
    kind = chance.choice(("sine", "square", "two", "sweep", "beep"))
    if kind == "square":
        wave = np.sign(wave)
    elif kind == "two":
        wave = wave + np.sin(2 * np.pi * 1.34 * hz * t)
    elif kind == "sweep":
        wave = np.sin(2 * np.pi * hz * t * (1 + 0.2 * t / t[-1]))
    elif kind == "beep":
        wave = wave * (np.sin(2 * np.pi * chance.uniform(0.5, 3) * t) > 0)
    return scaled(wave, chance.uniform(0.02, 0.9))


def noise(
    chance: random.Random,
    size: int | None = None,
    kinds: Sequence[str] = ("white", "pink", "brown", "gusts", "clicks"),
) -> Sound:
    """White, pink or brown noise, gusts of it, or clicks."""
    numbers = generator(chance)
    size = size or _size(chance)
    kind = chance.choice(kinds)
    wave = numbers.standard_normal(size)
    if kind == "clicks":
        wave = wave * (numbers.integers(1000, size=size) == 0)
    elif kind != "white":
        spectrum = np.fft.rfft(wave)
        slope = {"pink": 0.5, "brown": 1.0, "gusts": 0.5}[kind]
        wave = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.size), 1) ** slope, size)
        if kind == "gusts":
            wave *= 1 + np.sin(2 * np.pi * chance.uniform(0.2, 2) * np.arange(size) / RATE)
    return scaled(wave, chance.uniform(0.05, 0.9))


def music(chance: random.Random) -> Sound:
    """Chords of decaying or held harmonics, in time, with a melody over them."""
    size = _size(chance)
    wave = np.zeros(size)
    beat = round(chance.uniform(0.2, 0.7) * RATE)
    base = chance.uniform(80, 350)
    decay = chance.choice((0.5, 3.0, 8.0))
    for start in range(0, size - beat, beat):
        t = np.arange(min(2 * beat, size - start)) / RATE
        root = base * 2 ** (chance.randrange(12) / 12)
        for ratio in (1, chance.choice((1.2, 1.25)), 1.5, chance.choice((2, 2.25, 2.5))):
            for harmonic in range(1, 6):
                note = np.sin(2 * np.pi * root * ratio * harmonic * t) / harmonic
                wave[start : start + t.size] += note * np.exp(-decay * t)
    return scaled(wave, chance.uniform(0.1, 0.9))


def mixed(one: Sound, other: Sound, chance: random.Random) -> Sound:
    """Two voices at once, the second up to 12 dB quieter and later."""
    later = np.concatenate([np.zeros(chance.randrange(RATE), np.float32), other])
    size = max(one.size, later.size)
    sum_ = np.zeros(size)
    sum_[: one.size] += one / rms(one)
    sum_[: later.size] += later / rms(later) * 10 ** (chance.uniform(-12, 0) / 20)
    return scaled(sum_, 0.7)


def buried(speech: Sound, chance: random.Random) -> Sound:
    """Speech 20 dB or more below noise that covers it; a rumble or clicks leave it audible."""
    hiss = noise(chance, speech.size, ("white", "pink"))
    snr_db = chance.uniform(-30, -20)
    return scaled(hiss / rms(hiss) + speech / rms(speech) * 10 ** (snr_db / 20), 0.8)


def excerpt(sound: Sound, chance: random.Random) -> Sound:
    """4 to 7 s from anywhere."""
    size = round(chance.uniform(4, 7) * RATE)
    start = chance.randrange(max(1, sound.size - size))
    return sound[start : start + size]


def scaled(wave: NDArray[np.float64], peak: float) -> Sound:
    return (peak * wave / max(float(np.max(np.abs(wave))), 1e-9)).astype(np.float32)


def rms(wave: Sound) -> float:
    return max(float(np.sqrt(np.mean(np.square(wave, dtype=np.float64)))), 1e-9)


def pcm(sound: Sound) -> bytes:
    return (np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes()


def _size(chance: random.Random) -> int:
    return round(chance.uniform(0.3, 12) * RATE)
