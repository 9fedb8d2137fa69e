"""What is measured: recordings of the tests, others that are given, and one of three minutes."""

import io
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from local.analysis.cases import Case, read_cases
from local.deployables import ROOT
from shared.speech.decode import decode

AUDIO = ROOT / "tests" / "fixtures" / "audio"
LONG_S = 180.0
_RATE = 16_000
_READINGS = 4


def recordings(given: Path | None) -> list[Case]:
    """Real speech read from a text and freely, and the `given` cases."""
    text = (AUDIO / "two-cities.txt").read_text().strip()
    known = read_cases(AUDIO / "readings" / "cases.json")[:_READINGS]
    return [
        Case("two-cities", AUDIO / "two-cities.webm", text),
        *known,
        Case("two-cities", AUDIO / "two-cities.webm", None),
        Case("kennedy", AUDIO / "kennedy.flac", None),
        Case("hobby", AUDIO / "hobby.flac", None),
        *(Case(case.id, case.audio, None) for case in known),
        *(read_cases(given) if given else ()),
    ]


def three_minutes(folder: Path) -> list[Case]:
    """The readings one after the other, again and again: with their text, and as free speech."""
    known = read_cases(AUDIO / "readings" / "cases.json")
    known.append(
        Case("two-cities", AUDIO / "two-cities.webm", (AUDIO / "two-cities.txt").read_text())
    )
    sounds = [decode(case.audio.read_bytes()).samples for case in known]
    joined: list[np.ndarray] = []
    texts: list[str] = []
    left = round(LONG_S * _RATE)
    while len(joined) < len(sounds) or left >= min(map(len, sounds)):
        number = len(joined) % len(sounds)
        if len(sounds[number]) > left:
            break
        joined.append(sounds[number])
        texts.append((known[number].reference or "").strip())
        left -= len(sounds[number])
    joined.append(np.zeros(left, dtype=np.float32))
    file = folder / "three-minutes.flac"
    file.write_bytes(_flac(joined))
    return [
        Case("three minutes", file, " ".join(texts)),
        Case("three minutes", file, None),
    ]


def _flac(sounds: Sequence[np.ndarray]) -> bytes:
    pcm = (np.clip(np.concatenate(sounds), -1, 1) * 32767).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=_RATE)
        frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = _RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
