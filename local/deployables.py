"""Every deployable as a command of this machine: the same programs the cloud starts."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.processes import Command, free_port
from shared.adapters.embedded.events import Subscription
from shared.adapters.embedded.object_notifications import topic
from shared.domain.events import (
    ACCOUNT_ERASED,
    ACCOUNT_EXPORT_REQUESTED,
    ATTEMPT_ANALYZED,
    ATTEMPT_COMPLETED,
    SWEEP_DUE,
)

ROOT = Path(__file__).resolve().parent.parent
BUCKET = "uploads"
MATERIALS = "materials"


@dataclass(frozen=True, slots=True)
class Function:
    """An event function: its entry point, what it subscribes to, and how many run at once."""

    name: str
    target: str
    topic: str
    max_in_flight: int = 1


SERVICES = ("auth", "course", "practice", "ai_gateway")
FUNCTIONS = (
    Function("audio_processing", "on_recording_uploaded", topic(BUCKET)),
    Function("feedback_writer", "on_attempt_analyzed", ATTEMPT_ANALYZED, max_in_flight=2),
    Function("attempt_sweeper", "on_sweep_due", SWEEP_DUE),
    Function("lesson_completion", "on_attempt_completed", ATTEMPT_COMPLETED),
    Function("account_exporter", "on_export_requested", ACCOUNT_EXPORT_REQUESTED),
    Function("account_eraser", "on_account_erased", ACCOUNT_ERASED),
    Function("account_sweeper", "on_sweep_due", SWEEP_DUE),
    Function("package_importer", "on_material_uploaded", topic(MATERIALS)),
)


def service(
    name: str, module: str, environment: Mapping[str, str], port: int, threads: int = 8
) -> Command:
    """A Flask service under gunicorn, with the flags it has on Cloud Run."""
    options = ["--workers=1", f"--threads={threads}", "--timeout=0", "--graceful-timeout=9"]
    options += ["--no-control-socket"]
    # The gateway bounds both, and says so as a problem document; gunicorn would answer HTML.
    options += ["--limit-request-line=0", "--limit-request-field_size=65536"]
    options += [f"--name={name}", "--logger-class=shared.runtime.server_logs.JsonLogger"]
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


def migrations() -> list[tuple[str, Path]]:
    """Schema and folder of revisions of every service that owns tables."""
    folders = [(name, ROOT / "run_services" / name / "migrations") for name in SERVICES]
    return [(name, folder) for name, folder in folders if folder.is_dir()]


def reapply_erasures(environment: Mapping[str, str], *, log: Path) -> None:
    """Erase again whom a restored backup brought back; nothing is started for an empty ledger."""
    ledger = Path(environment["ROSTRUM_OBJECTS_DIR"]) / "ledger" / "objects"
    if not ledger.is_dir() or not any(ledger.iterdir()):
        return
    command = module("reapply_erasures", "run_services.auth.reapply_erasures", environment)
    with log.open("ab") as output:
        subprocess.run(
            command.arguments,
            env={**os.environ, **command.environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=True,
        )


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _with_path(environment: Mapping[str, str]) -> dict[str, str]:
    # There are none; to look for them, pydantic opens the metadata of every installed package.
    plugins = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}
    return {**environment, **plugins, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
