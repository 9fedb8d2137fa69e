"""What the learner is told about an analysis, each point with the evidence it rests on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PointEvidence:
    """Indices into the analysis' `words`, the phone meant, or the name of a measure or score.

    Of a consultation: indices of its `turns`, or the name of one of its figures as `measure`.
    """

    words: tuple[int, ...] | None = None
    phone: str | None = None
    measure: str | None = None
    turns: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Strength:
    point: str
    evidence: tuple[PointEvidence, ...]


@dataclass(frozen=True, slots=True)
class Improvement:
    point: str
    evidence: tuple[PointEvidence, ...]
    exercise: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """`written_by` is `rubric` or the model's name; `fallback_reason` says why a model did not."""

    task: str
    task_version: int
    written_by: str
    summary: str
    strengths: tuple[Strength, ...]
    improvements: tuple[Improvement, ...]
    fallback_reason: str | None = None
