"""Google's connector against an Admin API and a door of mutual TLS of our own."""

import contextlib
import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from run_services.course.migrate import SCHEMA, SCRIPTS
from shared.adapters.gcp.cloudsql import CloudSql, connect
from shared.adapters.postgresql.migrations import upgrade
from shared.adapters.postgresql.sql import SqlDatabase
from shared.domain.errors import Unavailable
from tests.fakes.authority import Authority
from tests.fakes.cloud_sql import INSTANCE, LOGIN_TOKEN, Account, FakeCloudSql

USER = "integration@demo-rostrum.iam"
SETTINGS, CERTIFICATE = "/connectSettings", ":generateEphemeralCert"
Open = Callable[..., SqlDatabase]


@pytest.fixture
def instance(postgres_url, tmp_path) -> Iterator[FakeCloudSql]:
    with FakeCloudSql(postgres_url, tmp_path) as fake:
        fake.role(USER, LOGIN_TOKEN)
        yield fake


@pytest.fixture
def place(instance) -> CloudSql:
    return CloudSql(INSTANCE, "postgres", USER, "private", instance.url)


@pytest.fixture
def open_database(instance, place) -> Iterator[Open]:
    engines: list[sa.Engine] = []

    def open_database(pool_size: int = 8, **options: object) -> SqlDatabase:
        given = {"credentials": Account(), "port": instance.port, "timeout_s": 5.0, **options}
        engines.append(connect(given.pop("place", place), pool_size, **given))
        return SqlDatabase(engines[-1])

    yield open_database
    for engine in engines:
        engine.dispose()


def ask(database: SqlDatabase, statement: str = "SELECT 1") -> object:
    with database.reading() as connection:
        return connection.exec_driver_sql(statement).scalar_one()


def refused(database: SqlDatabase) -> None:
    with pytest.raises(Unavailable) as caught:
        ask(database)
    assert caught.value.code == "database_unavailable"


def hold(database: SqlDatabase, held: contextlib.ExitStack) -> None:
    """One connection more, until `held` is closed."""
    connection = held.enter_context(database.transaction())
    assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_the_account_is_let_in_by_its_token(instance, open_database) -> None:
    database = open_database()
    assert instance.requests == []
    assert ask(database, "SELECT current_user") == USER
    assert sorted(instance.requests) == [SETTINGS, CERTIFICATE]
    assert ask(database, "SHOW statement_timeout") == "20s"


@pytest.mark.parametrize("account", [Account(login="ya29.other"), Account(api="ya29.other")])
def test_another_token_is_not_let_in(open_database, account, caplog) -> None:
    refused(open_database(credentials=account))
    assert "Cloud SQL" in caplog.text
    assert "ya29" not in caplog.text


def test_one_engine_for_one_database(place) -> None:
    account = Account()
    assert connect(place, 8, credentials=account) is connect(place, 8, credentials=account)


def test_a_certificate_serves_until_it_expires(instance, open_database) -> None:
    database = open_database()
    with contextlib.ExitStack() as held:
        for _ in range(3):
            hold(database, held)
    assert instance.requests.count(CERTIFICATE) == 1


@pytest.mark.parametrize("what", ["certificate", "token"])
def test_an_expired_one_is_renewed_when_it_is_needed(instance, open_database, what) -> None:
    account = Account()
    holder = instance if what == "certificate" else account
    # The connector takes neither in its last four minutes.
    holder.lifetime = timedelta(minutes=3)
    database = open_database(credentials=account)
    for _ in range(5):
        ask(database)
    assert instance.requests.count(CERTIFICATE) == 1
    with contextlib.ExitStack() as held:
        for _ in range(2):
            hold(database, held)
    assert instance.requests.count(CERTIFICATE) == 2


def test_who_finds_all_in_use_is_told_so(instance, open_database) -> None:
    database = open_database(pool_size=8, wait_s=0.2)
    with contextlib.ExitStack() as held:
        for _ in range(8):
            hold(database, held)
        refused(database)
        assert instance.connections() == 8
    assert ask(database) == 1


def test_who_waits_gets_the_next_that_is_free(instance, open_database) -> None:
    database = open_database(pool_size=1, wait_s=30.0)
    answers: list[object] = []
    waiting = threading.Thread(target=lambda: answers.append(ask(database)))
    with contextlib.ExitStack() as held:
        hold(database, held)
        waiting.start()
        waiting.join(0.1)
        assert answers == []
    waiting.join()
    assert (answers, instance.connections()) == ([1], 1)


def test_an_instance_that_has_gone_is_found_again(instance, open_database) -> None:
    database = open_database()
    assert ask(database) == 1
    instance.shut()
    for _ in range(2):
        refused(database)
    instance.open()
    assert ask(database) == 1


def test_who_loses_the_instance_midway_is_told_so(instance, open_database) -> None:
    def lose() -> None:
        with database.transaction() as connection:
            connection.exec_driver_sql("SELECT 1")
            instance.shut()
            connection.exec_driver_sql("SELECT 1")

    database = open_database()
    with pytest.raises(Unavailable):
        lose()
    instance.open()
    assert ask(database) == 1


def test_a_lost_connection_gives_its_socket_back(instance, open_database) -> None:
    def lose() -> socket.socket:
        with contextlib.suppress(Unavailable), database.transaction() as connection:
            tunnel: socket.socket = connection.connection.driver_connection._usock
            assert tunnel.fileno() >= 0
            instance.shut()
            connection.exec_driver_sql("SELECT 1")
        return tunnel

    database = open_database()
    assert lose().fileno() == -1


def test_a_silent_door_is_given_up(instance, open_database) -> None:
    instance.silent = True
    database = open_database(timeout_s=0.5)
    refused(database)
    instance.silent = False
    assert ask(database) == 1


def test_a_silent_admin_api_is_given_up(instance, open_database) -> None:
    instance.faults = [0, 0]
    database = open_database(timeout_s=1.0)
    refused(database)
    assert ask(database) == 1


@pytest.mark.parametrize("status", [403, 404, 429])
def test_a_refusal_of_the_admin_api_is_not_for_ever(instance, open_database, status) -> None:
    instance.faults = [status]
    database = open_database()
    refused(database)
    assert ask(database) == 1


def test_a_stumbling_admin_api_is_asked_again(instance, open_database) -> None:
    instance.faults = [503]
    assert ask(open_database()) == 1


def test_a_door_that_another_authority_vouches_for_is_not_entered(
    instance, open_database, tmp_path
) -> None:
    instance.announced = Authority("other", tmp_path)
    database = open_database()
    refused(database)
    # Announced rightly from here on: what was fetched before is not trusted again.
    instance.announced = instance.authority
    assert ask(database) == 1


@pytest.mark.parametrize(
    "wrong", [{"ip_type": "public"}, {"instance": "demo-rostrum:us-east1:main"}]
)
def test_what_the_instance_does_not_have_is_unavailable(place, open_database, wrong) -> None:
    refused(open_database(place=dataclasses.replace(place, **wrong)))


def test_without_credentials_it_is_unavailable(place, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "absent.json"))
    refused(SqlDatabase(connect(place, 2)))


def test_repeated_reads_are_prepared(open_database) -> None:
    database = open_database(pool_size=1)
    by_number = sa.text("SELECT CAST(:n AS int)")
    for number in range(3):
        with database.reading() as connection:
            assert connection.execute(by_number, {"n": number}).scalar_one() == number
    assert ask(database, "SELECT count(*) FROM pg_prepared_statements") == 1


def test_tables_are_migrated_over_it(instance, place, open_database, postgres_url) -> None:
    server = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS cloud_sql WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE cloud_sql"))
    server.dispose()
    instance.role(USER, LOGIN_TOKEN, database="cloud_sql")
    engine = open_database(place=dataclasses.replace(place, database="cloud_sql"))._engine
    for _ in range(2):
        upgrade(engine, SCRIPTS, SCHEMA)
    assert "courses" in sa.inspect(engine).get_table_names(SCHEMA)
