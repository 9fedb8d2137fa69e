"""Recordings are kept only for who has chosen so; the preset of old accounts was no choice."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE auth.users SET keep_recordings = false, version = version + 1,"
        " updated_at = now() WHERE keep_recordings"
    )
