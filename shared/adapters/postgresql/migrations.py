"""Alembic over one schema: each service that owns tables keeps their history in a folder.

The folder's env.py is one call: `migrations.run(metadata)`.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

_HEAD = "head"
_HISTORY = "alembic_version"
_ROWS = "SELECT, INSERT, UPDATE, DELETE"
_NUMBERS = "USAGE, SELECT"


def upgrade(engine: sa.Engine, scripts: Path, schema: str, service_user: str | None = None) -> None:
    """Bring `schema` to the newest revision in the folder `scripts`, in one transaction.

    Whoever runs it owns what it makes; `service_user`, who is somebody else, may then work with
    the rows. Safe to repeat, and to start several times at once: the others wait, then find
    nothing to do.
    """
    with engine.begin() as connection:
        # What bounds a request's statements does not bound these, nor their waiting for the lock.
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        lock = sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"migrations of {schema}"))
        connection.execute(sa.select(lock))
        connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, _HEAD)
        if service_user is not None:
            _grant_rows(connection, schema, service_user)


def run(metadata: sa.MetaData) -> None:
    """What a folder's env.py does: run its revisions over the connection of `upgrade`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=_HISTORY,
        version_table_schema=metadata.schema,
        include_schemas=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _grant_rows(connection: sa.Connection, schema: str, user: str) -> None:
    """Every row of the schema, those of tables to come as well, but not the history's.

    https://www.postgresql.org/docs/current/ddl-priv.html
    """
    quote = connection.dialect.identifier_preparer.quote_identifier
    there, granted = quote(schema), quote(user)
    for statement in (
        f"GRANT USAGE ON SCHEMA {there} TO {granted}",
        f"GRANT {_ROWS} ON ALL TABLES IN SCHEMA {there} TO {granted}",
        f"GRANT {_NUMBERS} ON ALL SEQUENCES IN SCHEMA {there} TO {granted}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {there} GRANT {_ROWS} ON TABLES TO {granted}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {there} GRANT {_NUMBERS} ON SEQUENCES TO {granted}",
        f"REVOKE ALL ON TABLE {there}.{_HISTORY} FROM {granted}",
    ):
        connection.exec_driver_sql(statement)
