"""The golden set: recordings, and what the engine makes of them, whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.domain.documents import to_document
from shared.domain.errors import AttemptFailed
from shared.ports.transcriber import Transcribes
from shared.speech.extract import extract
from shared.speech.features import READ_ALOUD, Features, Task
from shared.speech.judge import judge
from shared.speech.stored_features import pack, unpack

_HERE: Final = Path(__file__).parent
_AUDIO: Final = _HERE.parent / "fixtures" / "audio"
_WIDTH: Final = 100
# They differ with every change of the engine or of a package, whatever it does to the analyses.
_OF_VERSIONS: Final = ("scorer_version", "transcriber")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recording:
    """One of the set; `reference` is None for free speech."""

    id: str
    file: str
    reference: str | None

    @property
    def task(self) -> Task:
        kind = READ_ALOUD if self.reference is not None else "free_speech"
        return Task(kind, "en", self.reference)

    @property
    def golden(self) -> Path:
        return _HERE / "analyses" / f"{self.id}.json"


RECORDINGS: Final = [
    Recording(**row) for row in json.loads((_HERE / "recordings.json").read_text("utf-8"))
]


def measured(recording: Recording, transcriber: Transcribes) -> Document:
    """The analysis without its versions, or the code of the failure.

    Judged twice, from the features and from those that were stored: `AssertionError` where these
    give another one.
    """
    data = (_AUDIO / recording.file).read_bytes()
    try:
        features = extract(data, recording.task, transcriber)
    except AttemptFailed as error:
        return {"failure": error.code}
    document = _judged(features, recording.task)
    assert rendered(_judged(unpack(pack(features)), recording.task)) == rendered(document)
    return document


def rendered(value: object, indent: str = "") -> str:
    """JSON with whatever fits into a line in one line."""
    text = json.dumps(value, ensure_ascii=False)
    deeper = indent + "  "
    if len(indent) + len(text) <= _WIDTH or not isinstance(value, Mapping | list):
        return text
    if isinstance(value, Mapping):
        items = [f"{json.dumps(key)}: {rendered(item, deeper)}" for key, item in value.items()]
        opening, closing = "{}"
    else:
        items = [rendered(item, deeper) for item in value]
        opening, closing = "[]"
    inside = ",\n".join(deeper + item for item in items)
    return f"{opening}\n{inside}\n{indent}{closing}"


def _judged(features: Features, task: Task) -> Document:
    document: Document = to_document(judge(features, task))
    return {name: value for name, value in document.items() if name not in _OF_VERSIONS}
