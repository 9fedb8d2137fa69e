"""How Alembic runs the revisions of the schema `course`."""

from shared.adapters.postgresql import migrations
from shared.repositories.courses.tables import metadata

migrations.run(metadata)
