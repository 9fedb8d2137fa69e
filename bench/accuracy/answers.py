"""The engine's analysis of every recording, in processes side by side."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any, Protocol

from tqdm import tqdm

from bench.accuracy.material import Recording
from local.analysis.cases import Case
from local.analysis.worker import Worker
from shared.adapters.embedded.whisper_words import sources_digest
from shared.speech.version import scorer_version

PROCESSES = 2
Line = dict[str, Any]


class Analyzes(Protocol):
    def analyze(self, case: Case) -> Line: ...


class Answers:
    """Analyses kept in a file as they are made, so that a run that was stopped goes on.

    The same recording, text and version of the engine have the same analysis; failures are not
    kept, since they may be the machine's.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        self._known: dict[str, Line] = dict(json.loads(line) for line in lines)

    def of(self, recording: Recording, analyzer: Analyzes) -> Line:
        key = _key(recording)
        if known := self._known.get(key):
            return known | {"id": recording.id}
        line = analyzer.analyze(Case(recording.id, recording.audio, recording.reference))
        if line["analysis"] and line["analysis"]["scorer_version"] == scorer_version():
            with self._lock, self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps([key, line]) + "\n")
        return line


def analysed(recordings: Sequence[Recording], models: Path, kept: Path) -> list[Line]:
    """One line a recording, in their order: see `local.analysis.engine.Engine.analyze`."""
    answers = Answers(kept)
    idle: SimpleQueue[Worker] = SimpleQueue()
    workers = [Worker(models) for _ in range(PROCESSES)]
    for worker in workers:
        idle.put(worker)

    def answer(recording: Recording) -> Line:
        worker = idle.get()
        try:
            return answers.of(recording, worker)
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(PROCESSES) as pool:
            found = pool.map(answer, recordings)
            return list(tqdm(found, total=len(recordings), unit="recording", disable=None))
    finally:
        for worker in workers:
            worker.__exit__()


def _key(recording: Recording) -> str:
    labels = f"{scorer_version()}\0{sources_digest()}\0{recording.reference}\0".encode()
    return hashlib.sha256(labels + recording.audio.read_bytes()).hexdigest()
