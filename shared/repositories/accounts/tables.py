"""The tables of the auth service, in the PostgreSQL schema `auth`; it alone reads and writes them.

Their history is in run_services/auth/migrations/. Times are timestamptz, ids UUIDv7 as text.
What could be used to sign in is kept only as a hash or encrypted.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(schema="auth")


def _at(name: str, *, nullable: bool = True) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _user_id(*, primary_key: bool = False) -> "sa.Column[str]":
    reference = sa.ForeignKey("auth.users.id", ondelete="CASCADE")
    return sa.Column(
        "user_id",
        sa.Text,
        reference,
        primary_key=primary_key,
        nullable=False,
        index=not primary_key,
    )


users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    # The address as all its spellings compare equal: normalised, in lower case.
    sa.Column("email_key", sa.Text, nullable=False, unique=True),
    _at("email_verified_at"),
    sa.Column("password_hash", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("goals", JSONB, nullable=False),
    sa.Column("keep_recordings", sa.Boolean, nullable=False),
    _at("disabled_at"),
    _at("last_login_at"),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.CheckConstraint("role IN ('learner', 'teacher', 'admin')", name="users_role"),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    _user_id(),
    _at("linked_at", nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _user_id(),
    sa.Column("client_id", sa.Text, nullable=False),
    _at("authenticated_at", nullable=False),
    sa.Column("second_factor", sa.Boolean, nullable=False),
    _at("created_at", nullable=False),
    _at("revoked_at"),
    sa.Column("revoked_because", sa.Text),
)

refresh_tokens = sa.Table(
    "refresh_tokens",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column(
        "session_id",
        sa.Text,
        sa.ForeignKey("auth.sessions.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    _at("issued_at", nullable=False),
    _at("expires_at", nullable=False),
    _at("used_at"),
)

mail_links = sa.Table(
    "mail_links",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    _user_id(),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("new_email", sa.Text),
    _at("expires_at", nullable=False),
    sa.CheckConstraint(
        "purpose IN ('verify_email', 'reset_password', 'change_email')", name="mail_links_purpose"
    ),
)

throttles = sa.Table(
    "throttles",
    metadata,
    # A hash: neither addresses nor e-mail addresses of strangers are kept.
    sa.Column("key", sa.LargeBinary, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    _at("window_ends_at", nullable=False),
    _at("blocked_until"),
    sa.Index("throttles_lapsing", "window_ends_at"),
)

totp = sa.Table(
    "totp",
    metadata,
    _user_id(primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    _at("confirmed_at"),
    sa.Column("last_step", sa.BigInteger),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    _user_id(primary_key=True),
    sa.Column("hash", sa.LargeBinary, primary_key=True),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _at("at", nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False, index=True),
    sa.Column("subject_id", sa.Text, index=True),
    sa.Column("details", JSONB, nullable=False),
)

exports = sa.Table(
    "exports",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _user_id(),
    sa.Column("status", sa.Text, nullable=False),
    _at("requested_at", nullable=False),
    _at("finished_at"),
    sa.Column("bytes", sa.BigInteger),
    sa.CheckConstraint("status IN ('pending', 'ready', 'failed')", name="exports_status"),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    _at("requested_at", nullable=False),
    _at("finished_at"),
)
