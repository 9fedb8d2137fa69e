"""The relational database: on a server of ours, and on Cloud SQL through its connector."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from local.processes import free_port
from shared.adapters.gcp import cloudsql
from shared.adapters.postgresql.engine import connect
from shared.adapters.postgresql.sql import SqlDatabase
from shared.domain.errors import Unavailable
from shared.ports.database import Database
from tests.fakes.cloud_sql import INSTANCE, LOGIN_TOKEN, Account, FakeCloudSql

USER = "contract@demo-rostrum.iam"
MARKS = sa.Table(
    "marks",
    sa.MetaData(schema="contract"),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
)


@pytest.fixture(params=["postgresql", "cloud_sql"])
def database(request, postgres_url, tmp_path) -> Iterator[Database]:
    with FakeCloudSql(postgres_url, tmp_path) as instance:
        if request.param == "postgresql":
            engine = connect(postgres_url)
        else:
            instance.role(USER, LOGIN_TOKEN)
            place = cloudsql.CloudSql(INSTANCE, "postgres", USER, "private", instance.url)
            engine = cloudsql.connect(place, 8, credentials=Account(), port=instance.port)
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema("contract"))
            MARKS.create(connection)
        yield SqlDatabase(engine)
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema("contract", cascade=True))
        engine.dispose()


@pytest.fixture(params=["postgresql", "cloud_sql"])
def nowhere(request) -> Database:
    closed_port = free_port()
    if request.param == "postgresql":
        return SqlDatabase(connect(f"postgresql+pg8000://nobody@127.0.0.1:{closed_port}/none"))
    url = f"http://127.0.0.1:{closed_port}"
    place = cloudsql.CloudSql(INSTANCE, "postgres", USER, "private", url)
    return SqlDatabase(cloudsql.connect(place, 8, credentials=Account()))


def add(database: Database, id: int, n: int = 0) -> None:
    with database.transaction() as connection:
        connection.execute(sa.insert(MARKS), {"id": id, "n": n})


def marks(database: Database) -> dict[int, int]:
    with database.reading() as connection:
        return {row.id: row.n for row in connection.execute(sa.select(MARKS))}


def test_what_a_transaction_wrote_is_there_once_it_is_left(database) -> None:
    with database.transaction() as connection:
        connection.execute(sa.insert(MARKS), {"id": 1, "n": 7})
        assert marks(database) == {}
    assert marks(database) == {1: 7}


def test_an_exception_undoes_all_of_it(database) -> None:
    class OwnError(Exception):
        pass

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute(sa.update(MARKS).values(n=5))
            connection.execute(sa.insert(MARKS), {"id": 2, "n": 0})
            raise OwnError

    add(database, 1)
    with pytest.raises(OwnError):
        fail()
    assert marks(database) == {1: 0}


def test_a_broken_constraint_is_told_and_undoes_all_of_it(database) -> None:
    def fail() -> None:
        with database.transaction() as connection:
            connection.execute(sa.insert(MARKS), {"id": 2, "n": 0})
            connection.execute(sa.insert(MARKS), {"id": 1, "n": 0})

    add(database, 1)
    with pytest.raises(sa.exc.IntegrityError):
        fail()
    assert marks(database) == {1: 0}


def test_it_reads_what_others_have_committed_meanwhile(database) -> None:
    with database.transaction() as connection:
        count = sa.select(sa.func.count()).select_from(MARKS)
        assert connection.execute(count).scalar_one() == 0
        add(database, 1)
        assert connection.execute(count).scalar_one() == 1


def test_a_locked_row_is_waited_for(database) -> None:
    def increment() -> None:
        for _ in range(10):
            with database.transaction() as connection:
                n = connection.execute(sa.select(MARKS.c.n).with_for_update()).scalar_one()
                connection.execute(sa.update(MARKS).values(n=n + 1))

    add(database, 1)
    threads = [threading.Thread(target=increment) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert marks(database) == {1: 40}


def test_a_transaction_ended_for_anothers_sake_is_contended(database) -> None:
    met = threading.Barrier(2)
    outcomes: list[str] = []

    def cross(first: int, second: int) -> None:
        try:
            with database.transaction() as connection:
                connection.execute(sa.update(MARKS).where(MARKS.c.id == first).values(n=1))
                met.wait(10)
                connection.execute(sa.update(MARKS).where(MARKS.c.id == second).values(n=1))
            outcomes.append("done")
        except Unavailable as error:
            outcomes.append(error.code)

    add(database, 1)
    add(database, 2)
    threads = [threading.Thread(target=cross, args=ids) for ids in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["contended", "done"]


@pytest.mark.parametrize("way", ["transaction", "reading"])
def test_a_server_that_cannot_be_reached_is_unavailable(nowhere, way) -> None:
    with pytest.raises(Unavailable) as caught, getattr(nowhere, way)():
        pytest.fail("there was a connection")
    assert caught.value.code == "database_unavailable"
    assert caught.value.retryable
