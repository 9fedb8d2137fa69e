"""What is started once in a process of tests: PostgreSQL, the emulators, the recogniser."""

from collections.abc import Generator, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from local import postgres
from local.postgres import Postgres
from local.processes import Processes, free_port
from shared.adapters.embedded.database import create_tables, metadata
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from shared.adapters.gcp.firestore import build_client
from shared.adapters.gcp.firestore_calls import Client
from shared.adapters.postgresql.engine import connect
from tests.emulators import official


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test logged is sent between processes as UTF-8, which knows no half characters."""
    report = yield
    report.sections = [
        (title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections
    ]
    return report


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("postgres")
    port, password = free_port(), "test-password"
    processes = Processes(folder / "logs", folder / "pids")
    processes.start(Postgres(folder / "data", port, password).prepare())
    url = postgres.url(port, password)
    engine = connect(url)
    create_tables(engine)
    engine.dispose()
    yield url
    processes.stop()


@pytest.fixture
def database(postgres_url: str) -> Iterator[sa.Engine]:
    """With empty tables."""
    engine = connect(postgres_url, pool_size=12)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def firestore_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Firestore emulator without rules in the way, as `host:port`."""
    with official.firestore(official.OPEN_RULES, tmp_path_factory.mktemp("firestore")) as host:
        yield host


@pytest.fixture
def firestore_client(firestore_host: str) -> Client:
    """A client of the Firestore emulator, with an empty database."""
    client = build_client(official.PROJECT, "(default)", emulator_host=firestore_host)
    documents = f"http://{firestore_host}/emulator/v1/{client.database}/documents"
    httpx.delete(documents, timeout=30).raise_for_status()
    return client


@pytest.fixture(scope="session")
def pubsub_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Pub/Sub emulator, as `host:port`."""
    with official.pubsub(tmp_path_factory.mktemp("pubsub")) as host:
        yield host


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the recogniser's weights, put together from their packages."""
    return assemble(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def whisper(weights: Path) -> WhisperTranscriber:
    """The recogniser of this machine."""
    return WhisperTranscriber(lambda: weights)
