"""The tables of the embedded documents and events."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("collection", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("version", sa.BigInteger, sa.Sequence("document_version"), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Index("documents_by_owner", "collection", sa.text("(data -> 'user_id')"), "id"),
    sa.Index(
        "documents_by_status",
        "collection",
        sa.text("(data -> 'status')"),
        sa.text("(data -> 'updated_at')"),
    ),
    sa.Index(
        "documents_kept",
        "collection",
        sa.text("(data -> 'kept_until')"),
        postgresql_where=sa.text("data ? 'kept_until'"),
    ),
    sa.Index(
        "documents_expiring", "expires_at", postgresql_where=sa.text("expires_at IS NOT NULL")
    ),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("ack_deadline_s", sa.Float, nullable=False),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("min_backoff_s", sa.Float, nullable=False),
    sa.Column("max_backoff_s", sa.Float, nullable=False),
    sa.Column("max_in_flight", sa.Integer, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("dead", sa.Boolean, nullable=False),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Index("deliveries_due", "subscription", "dead", "available_at"),
)


def create_tables(engine: sa.Engine) -> None:
    """Create what is missing; safe to repeat."""
    metadata.create_all(engine)
    for index in documents.indexes:
        index.create(engine, checkfirst=True)
