"""Readings to learn from: learners with experts' scores (speechocean762), native speakers without.

speechocean762: Junbo Zhang et al., Interspeech 2021, CC BY 4.0.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.accuracy.material import Planted, read_manifest

FOLDS = 5
NATIVE = "native"
LEARNER = "learner"
PLANTED = "planted"
MANIFEST = "manifest.json"
SENTENCE_SCORES = ("accuracy", "fluency", "prosodic", "total")
_FOLD_SEED = 7


@dataclass(frozen=True)
class Reading:
    """`words` as written; the experts' scores are None for native and synthetic speakers.

    `phone_labels`: for each word (phones without stress, scores 0 to 2); `word_scores` 0 to 10;
    `sentence_scores` in the order of `SENTENCE_SCORES`, 0 to 10; `errors` that a synthetic voice
    was told to make.
    """

    id: str
    path: Path
    text: str
    speaker: str
    kind: str
    fold: int
    phone_labels: tuple[tuple[tuple[str, ...], tuple[float, ...]], ...] | None = None
    word_scores: tuple[float, ...] | None = None
    sentence_scores: tuple[float, ...] | None = None
    errors: tuple[Planted, ...] = ()


def learners(folder: Path) -> list[Reading]:
    """The sentences of `folder/labels.json`, in five folds by speaker of like mean accuracy."""
    labels = json.loads((folder / "labels.json").read_text())
    folds = _folds(labels)
    return [
        Reading(
            item["id"],
            folder / item["file"],
            item["text"],
            item["speaker"],
            LEARNER,
            folds[item["speaker"]],
            tuple(
                (tuple(re.sub(r"\d", "", p) for p in w["phones"]), tuple(w["phones_accuracy"]))
                for w in item["words"]
            ),
            tuple(w["accuracy"] for w in item["words"]),
            tuple(float(item["sentence"][name]) for name in SENTENCE_SCORES),
        )
        for item in labels
    ]


def natives(cases: Path | None) -> list[Reading]:
    """The native readings of a `cases.json`; each speaker's fold by the order of the names."""
    if cases is None:
        return []
    listed = json.loads(cases.read_text())
    real = [case for case in listed if case["kind"] == "real_read_aloud"]
    speakers = sorted({_speaker(case) for case in real})
    return [
        Reading(
            case["id"],
            cases.parent / case["file"],
            case["reference"],
            _speaker(case),
            NATIVE,
            speakers.index(_speaker(case)) % FOLDS,
        )
        for case in real
    ]


def planted(folder: Path | None) -> list[Reading]:
    """What `bench.scorer.planted` made; all voices of a synthesiser are in one fold."""
    if folder is None:
        return []
    made = read_manifest(folder / MANIFEST)
    synthesisers = sorted({recording.voice.split()[0] for recording in made})
    return [
        Reading(
            recording.id,
            recording.audio,
            recording.reference or "",
            recording.voice,
            PLANTED,
            synthesisers.index(recording.voice.split()[0]) % FOLDS,
            errors=recording.planted,
        )
        for recording in made
    ]


def _speaker(case: dict[str, str]) -> str:
    return case.get("speaker") or re.sub(r"-[^-]*$", "", case["id"])


def _folds(labels: list[dict[str, object]]) -> dict[str, int]:
    scores: dict[str, list[float]] = {}
    for item in labels:
        scores.setdefault(item["speaker"], []).append(item["sentence"]["accuracy"])
    ordered = sorted(scores, key=lambda speaker: (np.mean(scores[speaker]), speaker))
    random = np.random.default_rng(_FOLD_SEED)
    folds: dict[str, int] = {}
    for start in range(0, len(ordered), FOLDS):
        block = ordered[start : start + FOLDS]
        folds |= {s: int(f) for s, f in zip(block, random.permutation(FOLDS), strict=False)}
    return folds
