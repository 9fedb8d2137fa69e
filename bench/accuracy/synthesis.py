"""Recordings made for the report: our own sentences in many voices, with known errors."""

import hashlib
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from bench.accuracy.material import MISCUES, Recording, Span, read_manifest, write_manifest
from bench.accuracy.planting import Reading, misread, with_miscue
from bench.accuracy.sound import (
    RATE,
    Samples,
    levelled,
    noisy,
    run_on,
    silence,
    speech_within,
    trimmed,
    write_wav,
)
from bench.accuracy.voices import Piper, Voice, versions, voices

SEED = 20261121
TEXTS = Path(__file__).with_name("texts.json")
READINGS_OF_A_VOICE = 5
NOISY_READINGS = 8
ERRORS_OF_A_KIND = 4
MISCUES_OF_A_KIND = 12
NOISES_DB = (20, 10, 5)
ANSWER_NOISES_DB = (40, 20, 10)
_LEAST_PAUSE_S = 0.25
_LEAD_S = 0.3
_MANIFEST = "manifest.json"
_SOURCES = ("ipa", "planting", "piper_process", "sound", "synthesis", "voices")
Said = tuple[Recording, Samples]


def synthesised(folder: Path) -> list[Recording]:
    """Made once for these texts, programs and voices, then read from `folder/audio`."""
    audio, mark = folder / "audio", folder / "audio" / "made_of"
    made_of = _made_of()
    if not mark.exists() or mark.read_text() != made_of:
        shutil.rmtree(audio, ignore_errors=True)
        audio.mkdir(parents=True)
        with Piper(folder) as piper:
            recordings = [
                _written(recording, samples, audio)
                for recording, samples in tqdm(_all(voices(piper)), desc="speaking", disable=None)
            ]
        write_manifest(audio / _MANIFEST, recordings)
        mark.write_text(made_of)
    return read_manifest(audio / _MANIFEST)


def _made_of() -> str:
    sources = [TEXTS, *(Path(__file__).with_name(f"{name}.py") for name in _SOURCES)]
    data = b"".join(path.read_bytes() for path in sources)
    return hashlib.sha256(data + json.dumps(versions()).encode()).hexdigest()


def _written(recording: Recording, samples: Samples, folder: Path) -> Recording:
    write_wav(folder / recording.audio, samples)
    return recording


def _all(available: Sequence[Voice]) -> Iterator[Said]:
    rng = random.Random(SEED)  # noqa: S311
    noise = np.random.default_rng(SEED)
    texts = json.loads(TEXTS.read_text("utf-8"))
    natural = [voice for voice in available if not voice.name.startswith("espeak")]
    yield from _readings(available, natural, texts["readings"], noise)
    sentences = [item["text"] for item in texts["readings"]]
    yield from _planted(natural, misread(sentences, each=ERRORS_OF_A_KIND, rng=rng), noise)
    yield from _miscues(natural, texts, rng, noise)
    yield from _answers(natural, texts["answers"], noise)


def _readings(
    available: Sequence[Voice],
    natural: Sequence[Voice],
    items: Sequence[dict[str, Any]],
    noise: np.random.Generator,
) -> Iterator[Said]:
    texts = cycle(item["text"] for item in items)
    for voice in available:
        for number in range(READINGS_OF_A_VOICE):
            text = next(texts)
            samples = noisy(_framed(voice.say(text)), 40, noise)
            yield _reading(f"reading-{_slug(voice)}-{number}", voice, Reading(text, text)), samples
    for snr_db in NOISES_DB:
        for number, voice in zip(range(NOISY_READINGS), cycle(natural), strict=False):
            text = next(texts)
            samples = noisy(_framed(voice.say(text)), snr_db, noise)
            name = f"noisy-{snr_db}-{number}"
            yield _reading(name, voice, Reading(text, text), noise_db=snr_db), samples


def _planted(
    natural: Sequence[Voice], readings: Sequence[Reading], noise: np.random.Generator
) -> Iterator[Said]:
    for number, reading in enumerate(readings):
        turn = number % len(natural)
        for voice in (*natural[turn:], *natural[:turn]):
            samples = voice.misread(reading.reference, reading.planted)
            if samples is not None:
                recording = _reading(f"planted-{number:03}", voice, reading, group="planted")
                yield recording, noisy(_framed(samples), 40, noise)
                break


def _miscues(
    natural: Sequence[Voice], texts: dict[str, Any], rng: random.Random, noise: np.random.Generator
) -> Iterator[Said]:
    items, turns = cycle(texts["readings"]), cycle(natural)
    for kind in MISCUES:
        for number, voice in zip(range(MISCUES_OF_A_KIND), turns, strict=False):
            item = next(items)
            reading = with_miscue(item["text"], item["swap"], texts["additions"], kind, rng)
            samples = noisy(_framed(voice.say(reading.spoken)), 40, noise)
            yield _reading(f"{kind}-{number:02}", voice, reading, group="miscues"), samples


def _answers(
    natural: Sequence[Voice], answers: Sequence[dict[str, Any]], noise: np.random.Generator
) -> Iterator[Said]:
    turns = cycle(natural)
    for number, answer in enumerate(answers):
        for snr_db, voice in zip(ANSWER_NOISES_DB, turns, strict=False):
            samples, spans = _joined(answer["parts"], voice)
            texts = [part for part in answer["parts"] if isinstance(part, str)]
            pauses = (Span(a.end_s, b.start_s) for a, b in pairwise(spans))
            fillers = (span for span, text in zip(spans, texts, strict=True) if " " not in text)
            name = f"answer-{number}-{snr_db}"
            yield (
                Recording(
                    id=name,
                    audio=Path(f"{name}.wav"),
                    group="answer",
                    voice=voice.name,
                    reference=None,
                    spoken=" ".join(texts),
                    pauses=tuple(p for p in pauses if p.end_s - p.start_s >= _LEAST_PAUSE_S),
                    fillers=tuple(fillers),
                    self_corrections=answer.get("self_corrections", 0),
                    repetitions=answer.get("repetitions", 0),
                    noise_db=snr_db,
                ),
                noisy(samples, snr_db, noise),
            )


def _joined(parts: Sequence[str | float], voice: Voice) -> tuple[Samples, list[Span]]:
    """The parts said one by one, silences of the given seconds between, and where each is heard.

    Voices begin and end with noise of their own, up to 0.2 s long: it stays, and is no speech.
    """
    done, spans = [silence(_LEAD_S)], []
    for part in parts:
        if isinstance(part, str):
            start = sum(map(len, done)) / RATE
            done.append(levelled(run_on(trimmed(voice.say(part)))))
            begin, end = speech_within(done[-1])
            spans.append(Span(round(start + begin, 3), round(start + end, 3)))
        else:
            done.append(silence(part))
    return np.concatenate([*done, silence(_LEAD_S)]), spans


def _framed(samples: Samples) -> Samples:
    return np.concatenate([silence(_LEAD_S), levelled(trimmed(samples)), silence(_LEAD_S)])


def _reading(name: str, voice: Voice, reading: Reading, **labels: Any) -> Recording:  # noqa: ANN401
    known: dict[str, Any] = {"group": "reading", "miscues": reading.miscues, **labels}
    if reading.planted:
        known["miscues"] = None
    return Recording(
        id=name,
        audio=Path(f"{name}.wav"),
        voice=voice.name,
        reference=reading.reference,
        spoken=None if reading.planted else reading.spoken,
        planted=reading.planted,
        **known,
    )


def _slug(voice: Voice) -> str:
    return voice.name.replace(",", "").replace(" ", "-")
