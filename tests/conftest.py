"""One PostgreSQL for the whole run; each test that asks for it gets empty tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from local import postgres
from local.postgres import Postgres
from local.processes import Processes, free_port
from shared.adapters.embedded.database import connect, create_tables, metadata


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
    engine = connect(postgres_url, pool_size=12)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))
    yield engine
    engine.dispose()
