"""What the deployables start against: the stack on the emulators, its tables in Cloud SQL."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.cold_start.metadata_server import MetadataServer
from bench.cold_start.sink import Sink
from local import credentials, deployables
from local.client import Client
from local.emulators.engine import PROJECT
from local.processes import free_port, is_listening
from local.sign_up import sign_up
from local.stack import AUDIENCE, ISSUER, Stack
from shared import wiring
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.domain.identity import Principal
from shared.domain.times import timestamp
from shared.ports.documents import Documents
from shared.runtime.store_settings import DatabaseSettings
from tests.fakes.cloud_sql import API_TOKEN, INSTANCE, LOGIN_TOKEN, FakeCloudSql

AUDIO = deployables.ROOT / "tests" / "fixtures" / "audio" / "two-cities.webm"
SQL_USER = "bench@demo-rostrum.iam"
ATTEMPTS = "attempts"
# The connector dials no other.
_CLOUD_SQL_PORT = 3307
_UNLIMITED = {
    "ROSTRUM_ATTEMPTS_PER_USER": "1000000",
    "ROSTRUM_ATTEMPTS_PER_ADDRESS": "1000000",
    "ROSTRUM_HEAD_START_S": "1000000",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """`environment` is a deployable's, with tables in Cloud SQL and every service the sink."""

    environment: Mapping[str, str]
    admin_url: str
    sink: Sink
    folder: Path
    documents: Documents
    tokens: LocalTokens
    learner_id: str
    learner_token: str
    finished: Mapping[str, Any]

    def service_token(self, service: str) -> str:
        return self.tokens.issue(Principal("bench", "service"), service, timedelta(hours=1))

    def attempt(self, status: str, **changes: Any) -> str:  # noqa: ANN401
        """A new one in that status, made from one that went all the way."""
        new_id = SystemClock().new_id()
        data = {**self.finished, "id": new_id, "status": status, **changes}
        self.documents.transact(lambda t: t.set(ATTEMPTS, new_id, data))
        return new_id

    def status(self, attempt_id: str) -> str:
        found = self.documents.get(ATTEMPTS, attempt_id)
        return str(found.data["status"]) if found else ""


@contextmanager
def ground(models: Path) -> Iterator[Ground]:
    if is_listening(_CLOUD_SQL_PORT):
        raise RuntimeError(f"port {_CLOUD_SQL_PORT}, the only one the connector dials, is in use")
    with ExitStack() as left:
        folder = Path(left.enter_context(tempfile.TemporaryDirectory()))
        stack = left.enter_context(
            Stack(folder / "stack", models, free_port(), environment=_UNLIMITED, engine="emulators")
        )
        assert stack.processes is not None
        instance = left.enter_context(
            FakeCloudSql(stack.database_url, folder, port=_CLOUD_SQL_PORT)
        )
        instance.role(SQL_USER, LOGIN_TOKEN)
        _may_all(stack.database_url)
        identity = left.enter_context(MetadataServer(PROJECT, API_TOKEN, LOGIN_TOKEN))
        sink = left.enter_context(Sink())
        environment = {**stack.processes.command("auth").environment, **identity.environment()}
        urls = {f"ROSTRUM_{name.upper()}_URL": sink.url for name in deployables.SERVICES}
        tables = {
            "ROSTRUM_SQL_INSTANCE": INSTANCE,
            "ROSTRUM_SQL_USER": SQL_USER,
            "ROSTRUM_SQL_DATABASE": "postgres",
            "ROSTRUM_SQL_ADMIN_URL": instance.url,
        }
        documents = wiring.documents(_settings(environment))
        learner = sign_up(stack.url, stack.outbox)
        with Client(stack.url, learner.access_token) as client:
            created = client.create(AUDIO, text=None)
            client.upload(created, AUDIO.read_bytes())
            *_, last = client.watch(created["id"], 300)
        finished = documents.get(ATTEMPTS, last["id"])
        assert finished is not None
        sink.answer = {"feedback": finished.data["feedback"]}
        yield Ground(
            environment={**environment, **urls, **tables},
            admin_url=instance.url,
            sink=sink,
            folder=folder,
            documents=documents,
            tokens=LocalTokens(
                credentials.load(stack.data / "secrets").token_keys, ISSUER, AUDIENCE, SystemClock()
            ),
            learner_id=learner.user_id,
            learner_token=learner.access_token,
            finished=finished.data,
        )


def long_ago() -> str:
    """So that whatever waits since then is stale."""
    return timestamp(datetime.now(UTC) - timedelta(days=2))


def _settings(environment: Mapping[str, str]) -> DatabaseSettings:
    return DatabaseSettings(
        engine="google",
        project=PROJECT,
        FIRESTORE_EMULATOR_HOST=environment["FIRESTORE_EMULATOR_HOST"],
    )


def _may_all(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text(f'ALTER ROLE "{SQL_USER}" SUPERUSER'))
    engine.dispose()
