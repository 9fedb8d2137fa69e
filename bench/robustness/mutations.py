"""What the engine is given: mutations of real recordings, each from its number and the seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from bench.robustness import damage, sounds
from local.deployables import ROOT
from shared.speech.decode import decode

AUDIO = ROOT / "tests" / "fixtures" / "audio"
SPEECH = ("hobby.flac", "kennedy.flac", "application.flac", "two-cities.ogg")
FILES = (
    *("austen.wav", "austen.wav", "hobby.flac", "application.flac", "kennedy.flac", "german.ogg"),
    *("two-cities.webm", "two-cities.m4a", "two-cities.mp3", "two-cities.ogg", "truncated.webm"),
    "silence.webm",
)
TEXT = (
    "And so, my fellow Americans: ask not what your country can do for you; "
    "ask what you can do for your country."
)

# What must hold beside a named end: nothing more, not one word, or no score above 30.
Promise = Literal["named", "no_words", "worthless"]


@dataclass(frozen=True)
class Mutation:
    number: int
    kind: str
    data: bytes
    reference: str | None
    promise: Promise


@dataclass(frozen=True)
class _Kind:
    """`share` of 500 mutations; `make` gets the chance of this one."""

    share: int
    promise: Promise
    make: Callable[[random.Random], bytes]


def mutations(seed: int, count: int) -> Iterator[Mutation]:
    """`count` of them, the kinds in turn by their shares; every kind at least once."""
    for number, kind in enumerate(_order(count)):
        chance = random.Random(f"{seed}-{kind}-{number}")  # noqa: S311
        reference = TEXT if chance.randrange(2) else None
        chosen = KINDS[kind]
        yield Mutation(number, kind, chosen.make(chance), reference, chosen.promise)


def _order(count: int) -> list[str]:
    total = sum(kind.share for kind in KINDS.values())
    ends = [(i + 0.5) / max(1, count) * total for i in range(max(0, count - len(KINDS)))]
    names = [name for name, kind in KINDS.items() for _ in range(kind.share)]
    return [*KINDS, *(names[int(end)] for end in ends)][:count]


def _damaged(how: Callable[[bytes, random.Random], bytes]) -> Callable[[random.Random], bytes]:
    return lambda chance: how(_file(chance.choice(FILES)), chance)


def _sound(make: Callable[[random.Random], sounds.Sound]) -> Callable[[random.Random], bytes]:
    return lambda chance: damage.wav(sounds.pcm(make(chance)), sounds.RATE)


def _speech(chance: random.Random) -> sounds.Sound:
    return sounds.excerpt(_samples(chance.choice(SPEECH)), chance)


def _reversed(chance: random.Random) -> sounds.Sound:
    return _speech(chance)[::-1].copy()


def _foreign(chance: random.Random) -> sounds.Sound:
    """German, at times played backwards or a little slower or faster."""
    sound = sounds.excerpt(_samples("german.ogg"), chance)
    if not chance.randrange(5):
        return sound[::-1].copy()
    speed = chance.uniform(0.85, 1.2)
    places = np.arange(0, sound.size - 1, speed)
    return np.interp(places, np.arange(sound.size), sound).astype(np.float32)


@cache
def _file(name: str) -> bytes:
    return (Path(AUDIO) / name).read_bytes()


@cache
def _samples(name: str) -> sounds.Sound:
    return decode(_file(name)).samples


KINDS: dict[str, _Kind] = {
    "truncation": _Kind(80, "named", _damaged(damage.truncated)),
    "byte flips": _Kind(100, "named", _damaged(damage.flipped)),
    "header lies": _Kind(50, "named", _damaged(damage.lying)),
    "wrong magic": _Kind(40, "named", _damaged(damage.disguised)),
    "silence": _Kind(20, "no_words", _sound(sounds.silence)),
    "tone": _Kind(25, "no_words", _sound(sounds.tone)),
    "noise": _Kind(35, "no_words", _sound(sounds.noise)),
    "music": _Kind(25, "worthless", _sound(sounds.music)),
    "speech reversed": _Kind(35, "worthless", _sound(_reversed)),
    "speech at -20 dB": _Kind(35, "worthless", _sound(lambda c: sounds.buried(_speech(c), c))),
    "two speakers": _Kind(25, "named", _sound(lambda c: sounds.mixed(_speech(c), _speech(c), c))),
    "another language": _Kind(30, "worthless", _sound(_foreign)),
}
