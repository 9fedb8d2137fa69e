"""Errors planted into sentences: phones replaced or left out, and miscues of reading."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.accuracy.material import Miscue, MiscueKind, Planted
from shared.speech.lexicon import pronunciations
from shared.speech.marking import FUNCTION_WORDS

# expected -> said (ARPAbet; "-" is left out): confusions that learners of many first languages
# make (M. Swan and B. Smith, Learner English, 2nd ed. 2001).
KINDS = (
    ("TH>S TH>T TH>F DH>D DH>Z R>L L>R V>W V>B V>F W>V F>P SH>S S>SH S>TH CH>SH JH>CH JH>Z Z>S ")
    + ("NG>N D>T P>B B>P K>G G>K IY>IH IH>IY EY>EH EH>AE AE>EH UW>UH OW>AO ")
    + ("T>- D>- K>- S>- Z>- L>-")
).split()
PLACES = {
    kind: "last" if kind.endswith("-") or kind in ("D>T", "NG>N", "Z>S") else "any"
    for kind in KINDS
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a voice is to say for a reference, and what is wrong in it."""

    reference: str
    spoken: str
    planted: tuple[Planted, ...] = ()
    miscues: tuple[Miscue, ...] = ()


def bare(word: str) -> str:
    return word.strip(".,!?").lower()


def candidates(text: str, kind: str) -> list[Planted]:
    """Where the error fits: words with the phone once, sound at its place, no function word."""
    expected, said = kind.split(">")
    found = []
    for index, word in enumerate(text.split()):
        ways = pronunciations(bare(word))
        phones = [way.split() for way in ways]
        if bare(word) in FUNCTION_WORDS or not phones:
            continue
        once = all(way.count(expected) == 1 for way in phones)
        placed = PLACES[kind] == "any" or all(way[-1] == expected for way in phones)
        other = "" if said == "-" else said
        minimal = any(" ".join(way).replace(expected, other) in ways for way in phones)
        if once and placed and not minimal:
            found.append(Planted(index, expected, other or None))
    return found


def misread(texts: Sequence[str], *, each: int, rng: random.Random) -> list[Reading]:
    """Every kind `each` times, two errors a sentence in words apart from each other."""
    wanted = [kind for kind in KINDS for _ in range(each)]
    rng.shuffle(wanted)
    readings: list[Reading] = []
    for kind in wanted:
        pairs = [(n, spot) for n, item in enumerate(readings) for spot in _second(item, kind)]
        if pairs:
            at, spot = rng.choice(pairs)
            both = sorted((*readings[at].planted, spot), key=lambda item: item.index)
            readings[at] = replace(readings[at], planted=tuple(both))
            continue
        options = [(text, spot) for text in texts for spot in candidates(text, kind)]
        if not options:
            raise ValueError(f"no sentence has a word for {kind}")
        text, spot = rng.choice(options)
        readings.append(Reading(text, text, planted=(spot,)))
    return readings


def _second(reading: Reading, kind: str) -> list[Planted]:
    if len(reading.planted) != 1:
        return []
    first = reading.planted[0].index
    return [spot for spot in candidates(reading.reference, kind) if abs(spot.index - first) > 1]


def with_miscue(
    text: str, swap: Sequence[str], additions: Sequence[str], kind: MiscueKind, rng: random.Random
) -> Reading:
    """The sentence read with one miscue of the kind; `swap` are a word of it and another word."""
    words = text.split()
    inner = range(1, len(words) - 2)
    swapped = next(i for i, word in enumerate(words) if bare(word) == swap[0].lower())
    mark = words[swapped][len(words[swapped].rstrip(".,!?")) :]
    at = swapped
    if kind == "omission":
        at = rng.choice([i for i in inner if len(words[i]) > 3])  # noqa: PLR2004
        said = words[:at] + words[at + 1 :]
    elif kind == "insertion":
        at = rng.choice(inner)
        said = [*words[:at], rng.choice(additions), *words[at:]]
    elif kind == "repetition":
        size = rng.choice((1, 2, 2, 3))
        at = rng.choice(range(len(words) - size - 1))
        first = " ".join(words[at : at + size]).rstrip(".,!?") + ","
        said = [*words[:at], first, *words[at:]]
    elif kind == "substitution":
        said = [*words[:at], swap[1] + mark, *words[at + 1 :]]
    else:
        said = [*words[:at], swap[1] + ",", *words[at:]]
    return Reading(text, " ".join(said), miscues=(Miscue(kind, at),))
