"""The measurement engine's one entry: bytes of a recording to its analysis."""

from dataclasses import dataclass

from shared.domain.analysis import Analysis, Strictness
from shared.ports.transcriber import Transcribes
from shared.speech.extract import extract
from shared.speech.features import Features, Task
from shared.speech.judge import judge


@dataclass(frozen=True, slots=True)
class Assessment:
    """The analysis, and the features it was judged from."""

    analysis: Analysis
    features: Features

    @property
    def codec(self) -> str:
        """As decoded, whatever the file declares."""
        return self.features.codec

    @property
    def duration_s(self) -> float:
        return self.features.duration_s


def assess(
    data: bytes,
    *,
    kind: str,
    language: str,
    reference: str | None,
    transcriber: Transcribes,
    strictness: Strictness = "standard",
) -> Assessment:
    """Measure, then judge; the same bytes, the same answer.

    `kind` is an attempt's; `reference` and `strictness` count for `read_aloud` only, `language` is
    BCP 47.
    Raises as `extract` and `judge` do.
    """
    task = Task(kind, language, reference, strictness)
    features = extract(data, task, transcriber)
    return Assessment(judge(features, task), features)
