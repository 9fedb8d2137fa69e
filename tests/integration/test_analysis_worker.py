"""An engine that crashes or hangs costs `python -m local analyze` one recording only."""

import os
import signal
import time
from pathlib import Path

import pytest

from local.analysis.cases import Case
from local.analysis.engine import Line
from local.analysis.worker import Worker


class Fragile:
    """Answers with its process id; dies or hangs where the case's id says so."""

    def __init__(self, models: Path) -> None:
        self._models = models

    def analyze(self, case: Case) -> Line:
        if case.id == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if case.id == "hang":
            time.sleep(600)
        return {"id": case.id, "process": os.getpid(), "models": str(self._models)}


def case(name: str) -> Case:
    return Case(name, Path("recording.wav"), None)


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    return Worker(tmp_path, limit_s=8.0, build=Fragile)


def test_one_process_serves_all_and_ends_with_the_worker(worker: Worker, tmp_path: Path) -> None:
    with worker:
        first, second = worker.analyze(case("a")), worker.analyze(case("b"))
    assert first["models"] == str(tmp_path)
    assert first["process"] == second["process"] != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(first["process"], 0)


@pytest.mark.parametrize(
    ("fate", "code"), [("crash", "engine_crashed"), ("hang", "processing_timeout")]
)
def test_a_lost_process_is_a_named_failure_and_the_next_recording_has_another(
    worker: Worker, fate: str, code: str
) -> None:
    with worker:
        before = worker.analyze(case("a"))
        lost = worker.analyze(case(fate))
        after = worker.analyze(case("b"))
    assert lost["id"] == fate
    assert lost["analysis"] is None
    assert lost["failure"]["code"] == code
    assert lost["failure"]["detail"]
    assert after["id"] == "b"
    assert after["process"] != before["process"]
