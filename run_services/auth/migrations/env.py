"""How Alembic runs the revisions of the schema `auth`."""

from shared.adapters.postgresql import migrations
from shared.repositories.accounts.tables import metadata

migrations.run(metadata)
