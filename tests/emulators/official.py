"""Google's own emulators, where they are installed: a visible skip elsewhere, a failure in CI."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.emulators import programs
from local.processes import Command, Processes, free_port

FOLDER = Path(__file__).parent
PROJECT = "demo-rostrum"
OPEN_RULES = FOLDER / "open.rules"


@contextmanager
def firestore(rules: Path, folder: Path) -> Iterator[str]:
    """The Firestore emulator under these security rules, as `host:port`."""
    with running(lambda: programs.firestore(rules), folder) as command:
        yield f"127.0.0.1:{command.port}"


@contextmanager
def pubsub(folder: Path) -> Iterator[str]:
    """The Pub/Sub emulator, as `host:port`."""
    with running(programs.pubsub, folder) as command:
        yield f"127.0.0.1:{command.port}"


@contextmanager
def firebase_auth(project: str, folder: Path) -> Iterator[str]:
    """The Firebase Auth emulator, as `host:port`."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "firebase-tools").exists():
        absent("the Firebase Auth emulator is not installed: npm ci in tests/emulators")
    port = free_port()
    arguments = [node, str(FOLDER / "auth_emulator.js"), project, str(port)]
    with running(lambda: Command("firebase-auth", arguments, port=port), folder) as command:
        yield f"127.0.0.1:{command.port}"


def require_all() -> None:
    """Skips or fails where the emulators a stack needs are not all installed."""
    try:
        programs.firestore(OPEN_RULES)
        programs.pubsub()
        programs.cloud_storage()
    except programs.AbsentError as error:
        absent(str(error))


@contextmanager
def running(program: Callable[[], Command], folder: Path) -> Iterator[Command]:
    """The program, until left; skips or fails where it is not installed."""
    try:
        command = program()
    except programs.AbsentError as error:
        absent(str(error))
    processes = Processes(folder / "logs", folder / "pids")
    try:
        processes.start(command)
        yield command
    finally:
        processes.stop()


def absent(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
