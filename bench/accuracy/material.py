"""What is measured: recordings with what was truly said in them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Group = Literal["native", "reading", "planted", "miscues", "answer", "learner"]
MiscueKind = Literal["omission", "insertion", "substitution", "repetition", "self_correction"]
MISCUES: tuple[MiscueKind, ...] = (
    "omission",
    "insertion",
    "substitution",
    "repetition",
    "self_correction",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A phone said wrongly in the reference's word `index`; ARPAbet, `said` None if left out."""

    index: int
    expected: str
    said: str | None

    @property
    def kind(self) -> str:
        return f"{self.expected}>{self.said or '-'}"


@dataclass(frozen=True, slots=True)
class Miscue:
    """`at` is the reference's word left out or replaced, else the word before which it happened."""

    kind: MiscueKind
    at: int


@dataclass(frozen=True, slots=True)
class Span:
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class ExpertWord:
    """Word 0 to 10; phones (ARPAbet without stress) 0 to 2."""

    accuracy: float
    phones: tuple[str, ...]
    phone_scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Experts:
    """The sentence's scores 0 to 10, and those of its words in the order of the text."""

    accuracy: float
    fluency: float
    prosodic: float
    total: float
    words: tuple[ExpertWord, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording and its labels; a label that is None is not known.

    `spoken` are the words truly said, `pauses` every silence of 0.25 s or longer inside the
    speech, `fillers` where each filled pause is. `noise_db` is the signal-to-noise ratio of noise
    that was added, `made` whether a synthesiser made it for this report.
    """

    id: str
    audio: Path
    group: Group
    voice: str
    reference: str | None
    spoken: str | None = None
    planted: tuple[Planted, ...] = ()
    miscues: tuple[Miscue, ...] | None = None
    pauses: tuple[Span, ...] | None = None
    fillers: tuple[Span, ...] | None = None
    self_corrections: int | None = None
    repetitions: int | None = None
    noise_db: int | None = None
    made: bool = True
    experts: Experts | None = None


def write_manifest(file: Path, recordings: Iterable[Recording]) -> None:
    """Labels as JSON, the audio by name beside them."""
    rows = [{**asdict(recording), "audio": recording.audio.name} for recording in recordings]
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_manifest(file: Path) -> list[Recording]:
    return [_recording(row, file.parent) for row in json.loads(file.read_text("utf-8"))]


def _recording(row: dict[str, Any], folder: Path) -> Recording:
    kinds: dict[str, Any] = {
        "planted": Planted,
        "miscues": Miscue,
        "pauses": Span,
        "fillers": Span,
    }
    labels = {
        name: tuple(kinds[name](**item) for item in value)
        if name in kinds and value is not None
        else value
        for name, value in row.items()
    }
    return Recording(**{**labels, "audio": folder / row["audio"]})
