"""The migrator owns a service's schema; the service may work with its rows, and nothing else."""

from collections.abc import Callable, Iterator

import pg8000
import pytest
import sqlalchemy as sa

from run_services.auth import migrate as auth
from run_services.course import migrate as course
from shared.adapters.postgresql.migrations import upgrade
from shared.repositories.accounts.tables import metadata

MIGRATOR = "job-migrate@rostrum.iam"
SERVICE = "svc-auth@rostrum.iam"
OTHER = "svc-course@rostrum.iam"
As = Callable[[str], sa.Engine]


@pytest.fixture(scope="module")
def server(postgres_url: str) -> sa.URL:
    """A database whose owner nobody is, as Cloud SQL's are; the migrator belongs to that role."""
    engine = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in (
            "CREATE ROLE cloudsqlsuperuser NOLOGIN",
            *(f"CREATE ROLE \"{user}\" LOGIN PASSWORD 'x'" for user in (MIGRATOR, SERVICE, OTHER)),
            f'GRANT cloudsqlsuperuser TO "{MIGRATOR}"',
            "CREATE DATABASE granted OWNER cloudsqlsuperuser",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    return sa.make_url(postgres_url).set(database="granted", password="x")


@pytest.fixture(scope="module")
def as_user(server: sa.URL) -> Iterator[As]:
    engines: dict[str, sa.Engine] = {}

    def as_user(name: str) -> sa.Engine:
        if name not in engines:
            engines[name] = sa.create_engine(server.set(username=name))
        return engines[name]

    migrator = as_user(MIGRATOR)
    for _ in range(2):
        upgrade(migrator, auth.SCRIPTS, auth.SCHEMA, SERVICE)
        upgrade(migrator, course.SCRIPTS, course.SCHEMA, OTHER)
    yield as_user
    for engine in engines.values():
        engine.dispose()


def run(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def refused(engine: sa.Engine, statement: str) -> None:
    with pytest.raises(sa.exc.ProgrammingError) as caught:
        run(engine, statement)
    assert isinstance(caught.value.orig, pg8000.DatabaseError)
    assert caught.value.orig.args[0]["C"] == "42501"  # insufficient_privilege


def test_the_service_works_with_the_rows_of_every_table(as_user) -> None:
    assert metadata.sorted_tables
    for table in metadata.sorted_tables:
        column = next(iter(table.columns)).name
        run(as_user(SERVICE), f"INSERT INTO {table} SELECT * FROM {table}")
        run(as_user(SERVICE), f"UPDATE {table} SET {column} = {column}")
        run(as_user(SERVICE), f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE auth.mine (id text)",
        "DROP TABLE auth.users CASCADE",
        "ALTER TABLE auth.users ADD COLUMN mine text",
        "TRUNCATE auth.audit_log",
        "SELECT * FROM auth.alembic_version",
        "DELETE FROM auth.alembic_version",
        "SELECT * FROM course.courses",
        "CREATE SCHEMA mine",
    ],
)
def test_the_service_does_nothing_else(as_user, statement) -> None:
    refused(as_user(SERVICE), statement)


def test_tables_to_come_are_granted_too(as_user) -> None:
    migrator = as_user(MIGRATOR)
    run(migrator, "CREATE TABLE auth.later (id serial PRIMARY KEY, word text)")
    run(as_user(SERVICE), "INSERT INTO auth.later (word) VALUES ('one')")
    refused(as_user(OTHER), "SELECT * FROM auth.later")
    run(migrator, "DROP TABLE auth.later")


def test_without_a_service_nobody_is_granted_anything(as_user, tmp_path) -> None:
    migrator = as_user(MIGRATOR)
    run(migrator, "DROP SCHEMA course CASCADE")
    upgrade(migrator, course.SCRIPTS, course.SCHEMA)
    refused(as_user(OTHER), "SELECT * FROM course.courses")
    upgrade(migrator, course.SCRIPTS, course.SCHEMA, OTHER)
    run(as_user(OTHER), "SELECT * FROM course.courses")


def test_an_unknown_service_leaves_nothing_migrated(as_user) -> None:
    migrator = as_user(MIGRATOR)
    run(migrator, "DROP SCHEMA course CASCADE")
    with pytest.raises(sa.exc.ProgrammingError, match="nobody"):
        upgrade(migrator, course.SCRIPTS, course.SCHEMA, "nobody")
    assert course.SCHEMA not in sa.inspect(migrator).get_schema_names()
