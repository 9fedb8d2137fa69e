"""The engine in a process of its own, so that a crash or a hang costs one file only."""

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol, Self

from local.analysis.cases import Case
from local.analysis.engine import Engine, Line, failure, line

LIMIT_S = 600.0
_FAREWELL_S = 5.0


class Analyzes(Protocol):
    def analyze(self, case: Case) -> Line: ...


class Worker:
    """Hands cases to the process one by one; a process that dies or hangs is replaced.

    `limit_s` is the time one recording may take, loading the models included.
    """

    def __init__(
        self,
        models: Path,
        *,
        limit_s: float = LIMIT_S,
        build: Callable[[Path], Analyzes] = Engine,
    ) -> None:
        self._models = models
        self._limit_s = limit_s
        self._build = build
        self._running: tuple[BaseProcess, Connection] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def analyze(self, case: Case) -> Line:
        started = time.monotonic()
        process, connection = self._running = self._running or self._start()
        try:
            connection.send(case)
            if connection.poll(self._limit_s):
                answer: Line = connection.recv()
                return answer
            process.kill()
            code, detail = "processing_timeout", ""
        except (EOFError, OSError):
            process.join()
            code, detail = "engine_crashed", f"The engine ended with code {process.exitcode}."
        self._stop()
        return line(case, started, {"file": case.audio.name}, failure=failure(code, detail))

    def _start(self) -> tuple[BaseProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._models, self._build), daemon=True
        )
        process.start()
        theirs.close()
        return process, ours

    def _stop(self) -> None:
        if self._running is None:
            return
        process, connection = self._running
        self._running = None
        connection.close()  # which an idle process takes for its end
        process.join(_FAREWELL_S)
        process.kill()
        process.join()


def _serve(connection: Connection, models: Path, build: Callable[[Path], Analyzes]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    engine = build(models)
    while True:
        try:
            case = connection.recv()
        except EOFError:
            return
        connection.send(engine.analyze(case))
