"""What a run stands on: the stores and the queue of an engine, and the workers between them."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self

import certifi
import psutil

from bench.faults.deliverer import Deliverer, Weather
from bench.faults.nursery import Plan
from bench.faults.queues import Pace, deliverers
from bench.faults.unsteady_model import UnsteadyGemini
from local import credentials, deployables, postgres
from local.engine import Engine, Place
from local.postgres import Postgres
from local.processes import Command, Processes, free_port
from shared import wiring
from shared.domain.errors import Unavailable
from shared.runtime.store_settings import FeaturesSettings
from tests.fakes.course_service import FakeCourses
from tests.fakes.gemini import PROJECT

EngineName = Literal["embedded", "emulators"]
# Copies, and whether each serves several requests at once.
_COPIES = {
    "audio_processing": (3, False),
    "feedback_writer": (3, False),
    "lesson_completion": (2, False),
    "attempt_sweeper": (1, False),
    "ai_gateway": (2, True),
}
FUNCTIONS = tuple(f for f in deployables.FUNCTIONS if f.name in _COPIES)
_SLOW_S = 2.5


class Ground:
    """A context manager. `settings` reach the stores, `deliverer` and `model` count."""

    def __init__(self, engine: EngineName, seed: int, folder: Path, pace: Pace) -> None:
        self.engine = engine
        self.folder = folder
        self.pace = pace
        self._seed = seed
        self._stack = ExitStack()
        self.model = UnsteadyGemini(_SLOW_S)
        self.courses = FakeCourses()
        self.processes = Processes(folder / "logs", folder / "pids")
        self.workers = {name: free_port() for name in _COPIES}
        functions = {spec.name: self.workers[spec.name] for spec in FUNCTIONS}
        self.deliverer = Deliverer(functions, seed, Weather(), unending=("attempt_sweeper",))

    def __enter__(self) -> Self:
        self._stack.callback(self.processes.stop)
        try:
            for context in (self.model, self.courses, self.deliverer):
                self._stack.enter_context(context)
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def kills(self) -> Path:
        return self.folder / "kills"

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    def _start(self) -> None:
        self.kills.mkdir()
        secrets = credentials.load(self.folder / "secrets")
        port = free_port()
        self.processes.start(
            Postgres(self.folder / "postgres", port, secrets.database_password).prepare()
        )
        self.database_url = postgres.url(port, secrets.database_password)
        place = Place(self.folder, "http://unused", self.database_url)
        engine = self._engine(place)
        environment = {**self._settings(secrets.token_keys), **engine.start(self.processes)}
        door = engine.door(environment)[1]
        environment["ROSTRUM_OBJECTS_URL"] = f"http://127.0.0.1:{door.port}/storage"
        self.processes.start(
            replace(door, environment={**door.environment, **environment}),
            self._nursery(environment),
        )
        self.settings = _settings(environment)
        self.events = wiring.events(self.settings)
        ports = {spec: self.deliverer.ports[spec.name] for spec in FUNCTIONS}
        self.processes.start(*deliverers(engine, ports, self.settings, environment, self.pace))

    def _engine(self, place: Place) -> Engine:
        if self.engine == "embedded":
            from local.embedded_engine import EmbeddedEngine

            return EmbeddedEngine(place)
        from local.emulators.engine import EmulatorEngine

        return EmulatorEngine(place)

    def _settings(self, token_keys: Path) -> dict[str, str]:
        return {
            "ROSTRUM_DATABASE_URL": self.database_url,
            "ROSTRUM_PROJECT": PROJECT,
            "ROSTRUM_LOG_LEVEL": "ERROR",
            "ROSTRUM_TOKEN_KEYS": str(token_keys),
            "ROSTRUM_MODELS_DIR": str(self.folder),
            "ROSTRUM_AI_GATEWAY_URL": f"http://127.0.0.1:{self.workers['ai_gateway']}",
            "ROSTRUM_AI_GATEWAY_TIMEOUT_S": "8",
            "ROSTRUM_COURSE_URL": self.courses.url,
            "ROSTRUM_LANGUAGE_MODEL": "gemini",
            "ROSTRUM_GEMINI_URL": self.model.url,
            "ROSTRUM_MODEL_TIMEOUT_S": "2",
            "ROSTRUM_CALLS_PER_USER": "1000",
            "ROSTRUM_PROCESSING_LEASE_S": str(self.pace.lease_s),
            # Nothing that is only held up counts as stale.
            "ROSTRUM_STALE_AFTER_S": "86400",
            "ROSTRUM_SWEEP_EVERY_S": "1",
            "ROSTRUM_HEAD_START_S": "0",
            "OPENBLAS_NUM_THREADS": "1",
            "SSL_CERT_FILE": str(self._one_authority()),
        }

    def _one_authority(self) -> Path:
        """Every HTTP client of a newborn worker would load a hundred, and none is asked."""
        end = "-----END CERTIFICATE-----\n"
        file = self.folder / "authority.pem"
        file.write_text(Path(certifi.where()).read_text().partition(end)[0] + end)
        return file

    def _nursery(self, environment: Mapping[str, str]) -> Command:
        plan = Plan(
            seed=self._seed,
            chance=self.pace.chance,
            folder=str(self.folder),
            began_at=time.time(),
            haste=self.pace.haste,
            workers={name: (self.workers[name], *_COPIES[name]) for name in _COPIES},
        )
        plan.save(self.folder / "plan.json")
        arguments = [sys.executable, "-m", "bench.faults.nursery", str(self.folder / "plan.json")]
        module = deployables.module("nursery", "bench.faults.nursery", environment)
        port = self.workers["ai_gateway"]
        return Command("nursery", arguments, module.environment, port)

    def dead_letters(self) -> int:
        """How many there are; 0 while the queue is away."""
        try:
            return len(self.events.dead_letters(1000))
        except Unavailable:
            return 0

    @contextmanager
    def gateway_away(self) -> Iterator[None]:
        """The AI gateway answers 503 to everybody."""
        flag = self.folder / "gateway-away"
        flag.touch()
        try:
            yield
        finally:
            flag.unlink()

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """A process and what it started stand still, with every connection open."""
        family = self._family(name)
        for process in family:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in family:
                if process.is_running():
                    process.send_signal(signal.SIGCONT)

    def kill(self, name: str) -> None:
        """SIGKILL; it is started again at once."""
        os.kill(int((self.folder / "pids" / name).read_text()), signal.SIGKILL)

    def _family(self, name: str) -> Sequence[psutil.Process]:
        first = psutil.Process(int((self.folder / "pids" / name).read_text()))
        return [first, *first.children(recursive=True)]


_reading_settings = threading.Lock()


def _settings(environment: Mapping[str, str]) -> FeaturesSettings:
    """The settings this process itself reaches the stores by."""
    with _reading_settings:
        before = dict(os.environ)
        os.environ.update(environment)
        try:
            return FeaturesSettings()
        finally:
            os.environ.clear()
            os.environ.update(before)
