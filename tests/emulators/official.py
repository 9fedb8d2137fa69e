"""Google's own emulators, where they are installed: a visible skip elsewhere, a failure in CI."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.processes import Command, Processes, free_port

FOLDER = Path(__file__).parent


@contextmanager
def firestore(rules: Path, folder: Path) -> Iterator[str]:
    """The Firestore emulator under these security rules, as `http://host:port`."""
    java, gcloud = shutil.which("java"), shutil.which("gcloud")
    if java is None or gcloud is None:
        _absent("the Firestore emulator needs java and gcloud")
    platform = Path(gcloud).resolve().parent.parent / "platform"
    jar = platform / "cloud-firestore-emulator" / "cloud-firestore-emulator.jar"
    if not jar.exists():
        _absent("gcloud components install cloud-firestore-emulator")
    port = free_port()
    arguments = [java, "-Duser.language=en", "-Xmx128m", "-XX:+UseSerialGC", "-cp", str(jar)]
    arguments += ["com.google.cloud.datastore.emulator.firestore.CloudFirestore"]
    arguments += ["--host", "127.0.0.1", "--port", str(port), "--rules", str(rules)]
    with _running(Command("firestore", arguments, port=port), folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def firebase_auth(project: str, folder: Path) -> Iterator[str]:
    """The Firebase Auth emulator, as `host:port`."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "firebase-tools").exists():
        _absent("the Firebase Auth emulator is not installed: npm ci in tests/emulators")
    port = free_port()
    arguments = [node, str(FOLDER / "auth_emulator.js"), project, str(port)]
    with _running(Command("firebase-auth", arguments, port=port), folder):
        yield f"127.0.0.1:{port}"


@contextmanager
def _running(command: Command, folder: Path) -> Iterator[None]:
    processes = Processes(folder / "logs", folder / "pids")
    try:
        processes.start(command)
        yield
    finally:
        processes.stop()


def _absent(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
