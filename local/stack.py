"""The whole platform on one machine: stores, services, functions, deliveries and Envoy."""

import fcntl
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

import httpx
import yaml

from local import credentials, deployables, postgres
from local.embedded_engine import EmbeddedEngine
from local.emulators.engine import EmulatorEngine
from local.engine import Engine, Place
from local.gateway import config as gateway_config
from local.gateway import process as gateway_process
from local.gateway import reference
from local.gateway.filters import RemoteJwks
from local.gateway.routing import Passthrough
from local.postgres import Postgres
from local.processes import Command, Processes, StartError, free_port, is_listening
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.adapters.embedded.whisper_weights import assemble
from shared.adapters.postgresql.engine import connect
from shared.adapters.postgresql.migrations import upgrade
from shared.domain.identity import Principal

EngineName = Literal["embedded", "emulators"]
ISSUER = "rostrum-local"
AUDIENCE = "rostrum"
_CONTRACT = deployables.ROOT / "openapi" / "rostrum.yaml"
_HEALTHY_WITHIN_S = 30.0


class AlreadyRunningError(RuntimeError):
    """Another stack works on this data."""


@dataclass
class Stack:
    """A context manager: entered it runs and answers at `url`, left it has stopped.

    `environment` adds settings to every deployable, for tests. `origins` are the web pages that
    may call from a browser besides those served at `url` itself. The emulators keep nothing
    beyond their run, so on them every start is a fresh one.
    """

    data: Path
    models: Path
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    origins: Sequence[str] = ()
    engine: EngineName = "embedded"

    def __post_init__(self) -> None:
        self._lock: IO[str] | None = None
        self.processes: Processes | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def outbox(self) -> Path:
        """Where mails lie that no mail server takes, one file each."""
        return self.data / "mail"

    @property
    def database_url(self) -> str:
        """Of the server that runs on this data. Raises `FileNotFoundError` when none ever did."""
        port = self.addresses()["database_port"]
        return postgres.url(int(port), credentials.load(self.data / "secrets").database_password)

    def addresses(self) -> Mapping[str, str]:
        """Of the stores that run on this data. Raises `FileNotFoundError` when none ever did."""
        written: dict[str, str] = json.loads((self.data / "running.json").read_text())
        return written

    def __enter__(self) -> Self:
        self.data.mkdir(parents=True, exist_ok=True)
        self._lock = (self.data / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise AlreadyRunningError(f"A stack is already running on {self.data}.") from error
        self.processes = Processes(self.logs, self.data / "pids")
        try:
            self._start(self.processes)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        if self.processes is not None:
            self.processes.stop()
            self.processes = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def learner_token(self, learner_id: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        """An access token for a learner, signed with this stack's own key."""
        keys = credentials.load(self.data / "secrets").token_keys
        tokens = LocalTokens(keys, ISSUER, AUDIENCE, SystemClock())
        return tokens.issue(Principal(learner_id, "learner"), AUDIENCE, lifetime)

    def _start(self, processes: Processes) -> None:
        if is_listening(self.port):
            raise StartError(f"Port {self.port} is in use; choose another with PORT=.")
        secrets = credentials.load(self.data / "secrets")
        if self.engine == "emulators":
            shutil.rmtree(self.data / "postgres", ignore_errors=True)
        running = {"database_port": str(free_port())}
        server = Postgres(
            self.data / "postgres", int(running["database_port"]), secrets.database_password
        )
        processes.start(server.prepare())
        self._write_running(running)
        place = Place(self.data, self.url, self.database_url)
        engine: Engine = (
            EmbeddedEngine(place) if self.engine == "embedded" else EmulatorEngine(place)
        )
        environment = {**self._settings(secrets), **engine.start(processes), **self.environment}
        self._write_running(running | dict(engine.addresses()))
        assemble(self.models)
        ports = {name: free_port() for name in deployables.SERVICES}
        for name in deployables.SERVICES:
            environment[f"ROSTRUM_{name.upper()}_URL"] = f"http://127.0.0.1:{ports[name]}"
        services = {
            name: deployables.service(name, f"run_services.{name}", environment, ports[name])
            for name in deployables.SERVICES
        }
        objects, door = engine.door(environment)
        functions = {
            spec: deployables.function(spec, environment, self.data / "run")
            for spec in deployables.FUNCTIONS
        }
        self._migrate()
        engine.subscribe(functions)
        processes.start(door)
        if self.engine == "embedded":
            deployables.reapply_erasures(environment, log=self.logs / "reapply_erasures.log")
        gateway = self._gateway({**services, door.name: door}, objects)
        processes.start(*services.values(), *functions.values(), gateway)
        processes.start(*engine.deliverers(environment))
        self.wait_healthy()

    def _write_running(self, addresses: Mapping[str, str]) -> None:
        (self.data / "running.json").write_text(json.dumps(addresses))

    def _settings(self, secrets: credentials.Credentials) -> dict[str, str]:
        return {
            "ROSTRUM_DATABASE_URL": self.database_url,
            "ROSTRUM_UPLOADS_BUCKET": deployables.BUCKET,
            "ROSTRUM_TOKEN_KEYS": str(secrets.token_keys),
            "ROSTRUM_TOKEN_ISSUER": ISSUER,
            "ROSTRUM_TOKEN_AUDIENCE": AUDIENCE,
            "ROSTRUM_MODELS_DIR": str(self.models),
            "ROSTRUM_MAIL_OUTBOX": str(self.outbox),
            "ROSTRUM_PUBLIC_URL": self.url,
            "ROSTRUM_REFRESH_SECRET": secrets.refresh_secret,
            "ROSTRUM_TOTP_KEY": secrets.totp_key,
        }

    def _migrate(self) -> None:
        engine = connect(self.database_url)
        try:
            for schema, folder in deployables.migrations():
                upgrade(engine, folder, schema)
        finally:
            engine.dispose()

    def _gateway(self, services: Mapping[str, Command], objects: Passthrough) -> Command:
        contract = yaml.safe_load(_CONTRACT.read_text())
        config = gateway_config.envoy_config(
            contract,
            listen_port=self.port,
            backends={name: ("127.0.0.1", command.port) for name, command in services.items()},
            jwks=RemoteJwks("auth"),
            issuer=ISSUER,
            passthroughs=[objects],
            pages=reference.pages(contract),
            origins=self.origins,
        )
        file = gateway_process.write_config(config, self.data / "gateway")
        return Command("gateway", gateway_process.command(file), port=self.port)

    def wait_healthy(self, within_s: float = _HEALTHY_WITHIN_S) -> None:
        """Return once the API answers through the gateway and takes tokens. Raises `StartError`."""
        bearer = {"Authorization": f"Bearer {self.learner_token('nobody')}"}
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/v1/attempts", headers=bearer, timeout=5).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise StartError(f"The API did not become healthy; see {self.logs}")
