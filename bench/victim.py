"""A stack in a process of its own, to be killed and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from local.deployables import ROOT
from local.processes import free_port
from local.stack import Stack

_START_WITHIN_S = 60.0
SETTINGS = {"ROSTRUM_PROCESSING_LEASE_S": "3", "ROSTRUM_SWEEP_EVERY_S": "2"}


class Victim:
    """A context manager; `kill` takes a process's name or "everything"."""

    def __init__(self, data: Path, models: Path) -> None:
        self.stack = Stack(data=data, models=models, port=free_port())
        self.url = self.stack.url
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._pending: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for thread in self._pending:
            thread.join()
        if self._supervisor is not None:
            self._supervisor.terminate()
            self._supervisor.wait(30)

    def kill(self, name: str) -> None:
        """SIGKILL, then start again what nobody else starts again."""
        if name != "everything":
            _kill(self._pid(name))
            return
        assert self._supervisor is not None
        self._supervisor.kill()
        self._supervisor.wait()
        self._start()

    def kill_after(self, delay_s: float, name: str) -> None:
        """Kill from another thread, while the caller goes on."""

        def later() -> None:
            time.sleep(delay_s)
            self.kill(name)

        thread = threading.Thread(target=later)
        thread.start()
        self._pending.append(thread)

    def settle(self) -> None:
        """Wait until a kill that was announced has happened and the stack answers again."""
        while self._pending:
            self._pending.pop().join()
        self.stack.wait_healthy(_START_WITHIN_S)

    def _pid(self, name: str) -> int:
        """Of a process that may be starting just now."""
        file = self.stack.data / "pids" / name
        deadline = time.monotonic() + _START_WITHIN_S
        while not (file.exists() and (text := file.read_text())):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} does not start; see {self.stack.logs}")
            time.sleep(0.01)
        return int(text)

    def _start(self) -> None:
        environment = {
            **os.environ,
            **SETTINGS,
            "PORT": str(self.stack.port),
            "DATA": str(self.stack.data),
            "MODELS": str(self.stack.models),
        }
        self._supervisor = subprocess.Popen(
            [sys.executable, "-m", "local.up"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        self.stack.wait_healthy(_START_WITHIN_S)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
