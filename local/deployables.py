"""Every deployable as a command of this machine: the same programs the cloud starts."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.processes import Command, free_port
from shared.adapters.embedded.events import Subscription
from shared.adapters.embedded.object_notifications import topic
from shared.domain.events import ATTEMPT_ANALYZED, SWEEP_DUE

ROOT = Path(__file__).resolve().parent.parent
BUCKET = "uploads"


@dataclass(frozen=True, slots=True)
class Function:
    """An event function: its entry point, what it subscribes to, and how many run at once."""

    name: str
    target: str
    topic: str
    max_in_flight: int = 1


SERVICES = ("practice", "ai_gateway")
FUNCTIONS = (
    Function("audio_processing", "on_recording_uploaded", topic(BUCKET)),
    Function("feedback_writer", "on_attempt_analyzed", ATTEMPT_ANALYZED, max_in_flight=2),
    Function("attempt_sweeper", "on_sweep_due", SWEEP_DUE),
)


def service(
    name: str, module: str, environment: Mapping[str, str], port: int, threads: int = 8
) -> Command:
    """A Flask service under gunicorn, with the flags it has on Cloud Run."""
    options = ["--workers=1", f"--threads={threads}", "--timeout=0", "--no-control-socket"]
    address = f"--bind=127.0.0.1:{port}"
    arguments = [_program("gunicorn"), *options, address, f"{module}.main:create_app()"]
    return Command(name, arguments, _with_path(environment), port)


def function(spec: Function, environment: Mapping[str, str], runtime_folder: Path) -> Command:
    """An event function under functions-framework, as Cloud Functions starts it.

    Its server puts a control socket into `runtime_folder`.
    """
    port = free_port()
    own_folder = runtime_folder / spec.name
    own_folder.mkdir(parents=True, exist_ok=True)
    source = ROOT / "functions" / spec.name / "main.py"
    arguments = [
        _program("functions-framework"),
        f"--target={spec.target}",
        f"--source={source}",
        "--signature-type=cloudevent",
        "--host=127.0.0.1",
        f"--port={port}",
    ]
    server = {"THREADS": str(spec.max_in_flight), "XDG_RUNTIME_DIR": str(own_folder)}
    return Command(spec.name, arguments, _with_path({**environment, **server}), port)


def module(name: str, module: str, environment: Mapping[str, str]) -> Command:
    """A plain Python process."""
    return Command(name, [sys.executable, "-m", module], _with_path(environment))


def subscription(spec: Function, port: int) -> Subscription:
    """Where the queue posts the function's events."""
    return Subscription(
        name=spec.name,
        topic=spec.topic,
        endpoint=f"http://127.0.0.1:{port}/",
        max_in_flight=spec.max_in_flight,
    )


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _with_path(environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
