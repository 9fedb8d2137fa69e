"""Alembic over one schema: each service that owns tables keeps their history in a folder.

The folder's env.py is one call: `migrations.run(metadata)`.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

_HEAD = "head"


def upgrade(engine: sa.Engine, scripts: Path, schema: str) -> None:
    """Bring `schema` to the newest revision in the folder `scripts`, in one transaction.

    Safe to repeat, and to start several times at once: the others wait, then find nothing to do.
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


def run(metadata: sa.MetaData) -> None:
    """What a folder's env.py does: run its revisions over the connection of `upgrade`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table_schema=metadata.schema,
        include_schemas=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
