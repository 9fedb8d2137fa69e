"""Child processes of the one-machine stack: started, watched, restarted, stopped."""

import contextlib
import ctypes
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_log = logging.getLogger(__name__)
_STOP_WITHIN_S = 10.0
_WATCH_EVERY_S = 0.2
_MAX_BACKOFF_S = 10.0
_PR_SET_PDEATHSIG = 1
_handed_out: set[int] = set()


@dataclass(frozen=True, slots=True)
class Command:
    """One process; it is ready once it accepts connections on `port` (0: at once).

    Where that is not enough, `is_ready` is asked as well.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    is_ready: Callable[[], bool] = field(default=lambda: True)
    stop_signal: signal.Signals = signal.SIGTERM
    ready_within_s: float = 60.0


class StartError(RuntimeError):
    """A process did not become ready; the message names its log."""


class Processes:
    """Starts commands, and restarts what dies until stopped.

    The output of each goes to a file in `logs`, its present process id into one in `pids`.
    """

    def __init__(self, logs: Path, pids: Path) -> None:
        self._logs = logs
        self._pids = pids
        for folder in (logs, pids):
            folder.mkdir(parents=True, exist_ok=True)
        for stale in pids.iterdir():
            stale.unlink()
        self._running: dict[str, tuple[Command, subprocess.Popen[bytes]]] = {}
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._restarting = threading.Lock()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def start(self, *commands: Command) -> None:
        """Start all, then wait until each is ready. Raises `StartError`."""
        for command in commands:
            self._running[command.name] = (command, self._spawn(command))
        for command in commands:
            self._wait_ready(command)

    def port(self, name: str) -> int:
        """Where that command listens; raises `KeyError` for one that was never started."""
        return self.command(name).port

    def command(self, name: str) -> Command:
        """As it was started; raises `KeyError` for one that never was."""
        return self._running[name][0]

    def stop(self) -> None:
        """Stop all, the one started first last; whoever does not listen is killed."""
        self._stopping.set()
        with self._restarting:
            running = list(self._running.values())
        for group in (running[1:], running[:1]):
            for command, process in group:
                process.send_signal(command.stop_signal)
            deadline = time.monotonic() + _STOP_WITHIN_S
            for _, process in group:
                try:
                    process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._running.clear()
        self._stopped.set()
        self._watcher.join()

    def _spawn(self, command: Command) -> "subprocess.Popen[bytes]":
        with (self._logs / f"{command.name}.log").open("ab") as log:
            process = subprocess.Popen(
                command.arguments,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        (self._pids / command.name).write_text(str(process.pid))
        return process

    def _wait_ready(self, command: Command) -> None:
        deadline = time.monotonic() + command.ready_within_s
        while not ((not command.port or is_listening(command.port)) and command.is_ready()):
            if time.monotonic() > deadline:
                log = self._logs / f"{command.name}.log"
                raise StartError(f"{command.name} did not become ready; see {log}")
            time.sleep(0.02)

    def _watch(self) -> None:
        failures: dict[str, int] = {}
        due: dict[str, float] = {}
        while not self._stopping.wait(_WATCH_EVERY_S):
            with self._restarting:
                self._restart_dead(failures, due)
        # What this thread has started would be killed with it.
        self._stopped.wait()

    def _restart_dead(self, failures: dict[str, int], due: dict[str, float]) -> None:
        for name, (command, process) in list(self._running.items()):
            if self._stopping.is_set() or process.poll() is None:
                continue
            now = time.monotonic()
            if name not in due:
                failures[name] = failures.get(name, -1) + 1
                due[name] = now + min(0.1 * 2 ** failures[name], _MAX_BACKOFF_S)
                _log.warning("%s ended with %s; starting it again", name, process.returncode)
            elif now >= due[name]:
                del due[name]
                self._running[name] = (command, self._spawn(command))


def free_port() -> int:
    """A port nobody listens on, never answered twice.

    It lies below the range from which systems take the near end of outgoing connections, or one
    of those could take it before its process listens.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311
        with socket.socket() as probe, contextlib.suppress(OSError):
            if port not in _handed_out:
                probe.bind(("127.0.0.1", port))
                _handed_out.add(port)
                return port


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    # A killed stack takes its processes with it (prctl(2)), so that the next finds no strays.
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
