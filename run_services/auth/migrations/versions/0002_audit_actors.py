"""The audit log is searched by who acted, too."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_auth_audit_log_actor_id"), "audit_log", ["actor_id"], unique=False, schema="auth"
    )
