"""Readings with errors spoken by synthetic voices, to learn to hear them: `--planted FOLDER`.

    python -m bench.scorer.planted DATA FOLDER

says sentences of `DATA/labels.json` with one or two phones wrong, in voices of Piper, Flite and
hibari. Other voices and other sentences than a recording is made with measure what was learned.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bench.accuracy.material import Planted, Recording, write_manifest
from bench.accuracy.planting import KINDS, Reading, bare
from bench.accuracy.sound import Samples, levelled, noisy, shifted, silence, trimmed, write_wav
from bench.accuracy.voices import FLITE, FliteVoice, Piper, PiperVoice, Voice
from bench.scorer.corpus import MANIFEST
from bench.scorer.hibari_voice import HibariVoice
from shared.speech.lexicon import pronunciations
from shared.speech.marking import FUNCTION_WORDS

SEED: Final = 7
READINGS: Final = 2400
# Confusions beside those of the accuracy report, the other way round or rarer.
_MORE: Final = (
    "L>N N>L SH>CH CH>T CH>JH P>F B>V V>DH D>DH T>TH S>T S>Z Z>JH N>NG R>W W>R T>CH D>JH "
    "UH>UW AO>OW EY>IY IY>EY OW>UW EH>EY EH>IH IH>EH AE>EY UW>OW AO>UH "
    "R>- N>- V>- F>- P>- G>- TH>- NG>- B>- W>-"
)
_FACTORS: Final = (1.0, 1.18, 0.88, 1.1, 0.94)
_LEAST_WORDS: Final = 4
_SECOND_SHARE: Final = 0.6
_APART: Final = 2
_QUIETEST_DB, _NOISIEST_DB = 40, 20
_EDGE_S: Final = 0.3
_TRIES: Final = 200


class Shifted:
    """A voice, of a smaller or a larger speaker."""

    def __init__(self, voice: Voice, factor: float) -> None:
        self.name = f"{voice.name} x{factor}"
        self._voice, self._factor = voice, factor

    def say(self, text: str) -> Samples:
        return shifted(self._voice.say(text), self._factor)

    def misread(self, text: str, planted: Sequence[Planted]) -> Samples | None:
        samples = self._voice.misread(text, planted)
        return None if samples is None else shifted(samples, self._factor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with labels.json")
    parser.add_argument("folder", type=Path, help="where the recordings and their labels go")
    parser.add_argument("--readings", type=int, default=READINGS)
    parser.add_argument("--work", type=Path, default=Path(".rostrum/accuracy"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    labels = json.loads((options.data / "labels.json").read_text())
    texts = [item["text"].capitalize() + "." for item in labels]
    with Piper(options.work) as piper:
        made = list(_spoken(texts, _voices(piper), options.readings, options.folder))
    write_manifest(options.folder / MANIFEST, made)


def _voices(piper: Piper) -> list[list[Voice]]:
    """The voices of each synthesiser."""
    flite = [FliteVoice(speaker) for speaker in FLITE]
    return [
        [PiperVoice(f"piper joe x{factor}", piper, factor) for factor in _FACTORS],
        [*flite, *(Shifted(voice, factor) for voice in flite for factor in _FACTORS[1:3])],
        [HibariVoice(f"hibari heart x{factor}", factor) for factor in (1.0, 0.85, 1.12, 0.78)],
    ]


def _spoken(
    texts: Sequence[str], voices: Sequence[Sequence[Voice]], count: int, folder: Path
) -> Iterator[Recording]:
    rng, noise = random.Random(SEED), np.random.default_rng(SEED)  # noqa: S311
    kinds = [*KINDS, *KINDS, *_MORE.split()]  # the commoner ones twice
    done = 0
    while done < count:
        reading = _misread(texts, kinds, rng)
        voice = rng.choice(voices[done % len(voices)])
        samples = voice.misread(reading.reference, reading.planted) if reading else None
        if reading is None or samples is None:
            continue
        snr_db = rng.uniform(_NOISIEST_DB, _QUIETEST_DB)
        edge = silence(_EDGE_S)
        framed = np.concatenate([edge, levelled(trimmed(samples)), edge])
        recording = Recording(
            id=f"planted-{done:04}",
            audio=Path(f"planted-{done:04}.wav"),
            group="planted",
            voice=voice.name,
            reference=reading.reference,
            planted=reading.planted,
            noise_db=round(snr_db),
        )
        write_wav(folder / recording.audio, noisy(framed, snr_db, noise))
        yield recording
        done += 1
        if sys.stderr.isatty() or done % 100 == 0:
            print(f"\r{done}/{count} readings", end="", file=sys.stderr)
    print(file=sys.stderr)


def _misread(texts: Sequence[str], kinds: Sequence[str], rng: random.Random) -> Reading | None:
    """A sentence with an error, often two, at least two words apart."""
    kind = rng.choice(kinds)
    for _ in range(_TRIES):
        text = rng.choice(texts)
        if len(text.split()) < _LEAST_WORDS:
            continue
        spots = _spots(text, kind)
        if not spots:
            continue
        planted = [rng.choice(spots)]
        if rng.random() < _SECOND_SHARE:
            others = _spots(text, rng.choice(kinds))
            far = [spot for spot in others if abs(spot.index - planted[0].index) >= _APART]
            planted += [rng.choice(far)] if far else []
        ordered = tuple(sorted(planted, key=lambda spot: spot.index))
        return Reading(text, text, planted=ordered)
    return None


def _spots(text: str, kind: str) -> list[Planted]:
    """Where the error fits: words with the phone once, wherever, that do not become other words."""
    expected, said = kind.split(">")
    other = "" if said == "-" else said
    found = []
    for index, word in enumerate(text.split()):
        ways = [way.split() for way in pronunciations(bare(word))]
        if bare(word) in FUNCTION_WORDS or not ways:
            continue
        if all(way.count(expected) == 1 and len(way) > 1 for way in ways) and not any(
            [*way[:at], *other.split(), *way[at + 1 :]] in ways
            for way in ways
            for at in [way.index(expected)]
        ):
            found.append(Planted(index, expected, other or None))
    return found


if __name__ == "__main__":
    main()
