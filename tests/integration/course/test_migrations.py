"""The migrations make the tables the code knows."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from run_services.course.migrate import SCHEMA, SCRIPTS
from shared.adapters.postgresql.migrations import upgrade
from shared.repositories.courses.tables import metadata

CHECKS = (
    "SELECT conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace "
    "WHERE n.nspname = 'course' AND contype = 'c'"
)


def _ours(name: str | None, kind: str, parents: dict) -> bool:
    return name == SCHEMA if kind == "schema" else name != "alembic_version"


def test_migrations_and_metadata_agree(course_database: sa.Engine) -> None:
    options = {
        "include_schemas": True,
        "include_name": _ours,
        "compare_type": True,
        "version_table_schema": SCHEMA,
    }
    with course_database.begin() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        present = set(connection.execute(sa.text(CHECKS)).scalars())
    named = {
        str(constraint.name)
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert named <= present


def test_migrating_again_changes_nothing(course_database: sa.Engine) -> None:
    upgrade(course_database, SCRIPTS, SCHEMA)
