"""The revisions build the tables the code works with, whoever starts first."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from run_services.auth.migrate import SCHEMA, SCRIPTS
from shared.adapters.postgresql.migrations import upgrade
from shared.domain.user import User
from shared.repositories.accounts.tables import metadata
from shared.repositories.accounts.users import Users


@pytest.fixture
def empty(postgres_url: str) -> sa.Engine:
    """A database of its own."""
    server = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS migrations WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE migrations"))
    server.dispose()
    engine = sa.create_engine(sa.make_url(postgres_url).set(database="migrations"))
    yield engine
    engine.dispose()


def differences(engine: sa.Engine) -> list[object]:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "schema" or name == SCHEMA

    options = {
        "include_schemas": True,
        "include_name": ours,
        "version_table_schema": SCHEMA,
        "compare_server_default": True,
    }
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def test_revisions_and_tables_agree(empty: sa.Engine) -> None:
    assert differences(empty)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: upgrade(empty, SCRIPTS, SCHEMA), range(4)))
    upgrade(empty, SCRIPTS, SCHEMA)
    assert differences(empty) == []


def test_a_preset_of_old_accounts_counts_as_no_choice(empty: sa.Engine, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    shutil.copy(SCRIPTS / "env.py", tmp_path)
    for revision in ("0001_accounts.py", "0002_audit_actors.py"):
        shutil.copy(SCRIPTS / "versions" / revision, tmp_path / "versions")
    upgrade(empty, tmp_path, SCHEMA)
    now = datetime.now(UTC)
    user = User("a", "a@b.example", "a@b.example", "learner", "en", "UTC", now, now)
    with empty.begin() as connection:
        Users().add(connection, replace(user, keep_recordings=True))
    upgrade(empty, SCRIPTS, SCHEMA)
    with empty.connect() as connection:
        changed = Users().get(connection, "a")
    assert (changed.keep_recordings, changed.version) == (False, 2)


def test_a_failed_upgrade_leaves_nothing(empty: sa.Engine, tmp_path) -> None:
    (tmp_path / "env.py").write_text((SCRIPTS / "env.py").read_text())
    (tmp_path / "versions").mkdir()
    for source in (SCRIPTS / "versions").glob("[0-9]*.py"):
        (tmp_path / "versions" / source.name).write_text(source.read_text() + "\n    1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        upgrade(empty, tmp_path, SCHEMA)
    assert SCHEMA not in sa.inspect(empty).get_schema_names()
