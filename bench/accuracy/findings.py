"""All figures of one run, as they are stored in measured.json."""

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.accuracy import delivery_findings, sound_findings
from bench.accuracy.delivery_findings import Figures, by_material
from bench.accuracy.material import Recording
from bench.accuracy.voices import versions

CALIBRATION = Path("shared/speech/models/calibration.json")
_PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "numpy", "av")
_CALIBRATION_FIELDS = ("data", "method", "false_flags", "held_out", "kinds")
Line = Mapping[str, Any]


def measured(
    recordings: Sequence[Recording], lines: Sequence[Line], *, of_learners: int, root: Path
) -> Figures:
    """`lines` in the order of `recordings`; `of_learners` sentences had experts' scores."""
    analysed = [
        (recording, line["analysis"])
        for recording, line in zip(recordings, lines, strict=True)
        if line["analysis"]
    ]
    native = sound_findings.native_scores(analysed)
    read = [(r, a) for r, a in analysed if r.reference and not r.planted and r.group != "learner"]
    made = [(r, a) for r, a in analysed if r.planted and r.made]
    given = [(r, a) for r, a in analysed if r.planted and not r.made]
    learners = [(r, a) for r, a in analysed if r.experts]
    return {
        "measured_at": datetime.now(UTC).date().isoformat(),
        "versions": _versions(analysed[0][1]),
        "scorer": _scorer(root / CALIBRATION),
        "material": _material(recordings, lines),
        "learners_in_corpus": of_learners,
        "failures": dict(Counter(line["failure"]["code"] for line in lines if line["failure"])),
        "words": delivery_findings.word_errors(analysed),
        "pauses": delivery_findings.pauses(analysed),
        "fillers": delivery_findings.fillers(analysed),
        "miscues": delivery_findings.miscues(analysed),
        "miscues_missed": delivery_findings.missed(analysed),
        "false_miscues": delivery_findings.false_miscues(analysed),
        "flags": {
            name: sound_findings.flags(row)
            for name, row in by_material(
                [(r, a) for r, a in read if r.group in ("native", "reading")]
            ).items()
        },
        "planted": sound_findings.planted(made, native),
        "planted_by_voice": {
            voice: sound_findings.planted([(r, a) for r, a in made if r.voice == voice], native)[
                "all"
            ]
            for voice in sorted({r.voice for r, _ in made})
        },
        "planted_given": sound_findings.planted(given, native) if given else None,
        "learners": sound_findings.learners(learners, native) if learners else None,
    }


def _versions(analysis: Mapping[str, Any]) -> dict[str, str]:
    transcriber = analysis["transcriber"]
    return {
        "scorer": analysis["scorer_version"],
        transcriber["name"]: transcriber["version"],
        "Python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
        **versions(),
    }


def _scorer(file: Path) -> Figures | None:
    """What the scorer says it was made from, and its figures for speakers held out."""
    if not file.exists():
        return None
    stored = json.loads(file.read_text("utf-8"))
    return {name: stored[name] for name in _CALIBRATION_FIELDS if name in stored}


def _material(recordings: Sequence[Recording], lines: Sequence[Line]) -> Figures:
    seconds: Counter[str] = Counter()
    number: Counter[str] = Counter()
    for recording, line in zip(recordings, lines, strict=True):
        made = "synthetic" if recording.made else "given"
        name = f"{recording.group}, {made}"
        number[name] += 1
        seconds[name] += line["recording"].get("duration_s", 0.0)
    return {
        name: {"recordings": number[name], "minutes": seconds[name] / 60} for name in sorted(number)
    }
