"""The tables of the course service, in the PostgreSQL schema `course`; it alone uses them.

Their history is in run_services/course/migrations/. Times are timestamptz, ids UUIDv7 as text,
ids of users those of the auth service.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

metadata = sa.MetaData(schema="course")


def _at(name: str, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _course_id(*, primary_key: bool = True, nullable: bool = False) -> "sa.Column[str]":
    reference = sa.ForeignKey("course.courses.id", ondelete="CASCADE")
    return sa.Column("course_id", sa.Text, reference, primary_key=primary_key, nullable=nullable)


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=primary_key, nullable=nullable)


courses = sa.Table(
    "courses",
    metadata,
    _text("id", primary_key=True),
    sa.Column("owner_id", sa.Text, nullable=False, index=True),
    _text("status"),
    sa.Column("draft", JSONB, nullable=False),
    sa.Column("draft_version", sa.BigInteger, nullable=False),
    # The number of the version learners see, and the last one given out.
    sa.Column("version", sa.Integer),
    _at("created_at"),
    _at("updated_at"),
    _at("published_at", nullable=True),
    sa.CheckConstraint("status IN ('draft', 'published', 'archived')", name="courses_status"),
    sa.CheckConstraint(
        "(version IS NULL) = (published_at IS NULL)", name="courses_published_version"
    ),
)

versions = sa.Table(
    "versions",
    metadata,
    _course_id(),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    _at("published_at"),
    sa.Column("published_by", sa.Text, nullable=False, index=True),
    _text("note", nullable=True),
    sa.Column("restored_from", sa.Integer),
)


def _version_of() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["course_id", "version"],
        ["course.versions.course_id", "course.versions.version"],
        ondelete="CASCADE",
    )


version_prompts = sa.Table(
    "version_prompts",
    metadata,
    _text("course_id", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    _text("prompt_id", primary_key=True),
    _text("lesson_id"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("prompt", JSONB, nullable=False),
    _version_of(),
)

version_media = sa.Table(
    "version_media",
    metadata,
    _text("course_id", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    _text("name", primary_key=True),
    _version_of(),
)

# What lists show and search: one row for the draft, one for the published version.
summaries = sa.Table(
    "summaries",
    metadata,
    _course_id(),
    _text("edition", primary_key=True),
    _text("title"),
    _text("language"),
    _text("level", nullable=True),
    _text("summary", nullable=True),
    sa.Column("tags", JSONB, nullable=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("lessons", sa.Integer, nullable=False),
    sa.Column("prompts", sa.Integer, nullable=False),
    _at("updated_at"),
    # The text search configuration `search` was made with.
    _text("configuration"),
    sa.Column("search", TSVECTOR, nullable=False),
    sa.CheckConstraint("edition IN ('draft', 'published')", name="summaries_edition"),
    sa.Index("summaries_by_configuration", "configuration"),
    sa.Index("summaries_search", "search", postgresql_using="gin"),
)

media = sa.Table(
    "media",
    metadata,
    _course_id(),
    _text("name", primary_key=True),
    _text("content_type"),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    _text("state"),
    _at("created_at"),
    sa.CheckConstraint("state IN ('awaiting_upload', 'stored', 'invalid')", name="media_state"),
)

enrolments = sa.Table(
    "enrolments",
    metadata,
    _text("user_id", primary_key=True),
    _course_id(),
    _at("enrolled_at"),
    sa.Index("enrolments_by_course", "course_id"),
    sa.Index("enrolments_by_time", "user_id", "enrolled_at", "course_id"),
)

prompt_completions = sa.Table(
    "prompt_completions",
    metadata,
    _text("user_id", primary_key=True),
    _course_id(),
    _text("prompt_id", primary_key=True),
    _text("lesson_id"),
    sa.Column("version", sa.Integer, nullable=False),
    _text("attempt_id"),
    _at("completed_at"),
    sa.Index("prompt_completions_by_course", "course_id"),
)

lesson_completions = sa.Table(
    "lesson_completions",
    metadata,
    _text("user_id", primary_key=True),
    _course_id(),
    _text("lesson_id", primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    _at("completed_at"),
    sa.Index("lesson_completions_by_course", "course_id"),
)

package_uploads = sa.Table(
    "package_uploads",
    metadata,
    _text("id", primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False, index=True),
    # The course to be replaced or, once imported, the course that was made.
    sa.Column(
        "course_id",
        sa.Text,
        sa.ForeignKey("course.courses.id", ondelete="SET NULL"),
        index=True,
    ),
    _text("status"),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("errors", JSONB),
    _at("created_at"),
    _at("expires_at"),
    _at("finished_at", nullable=True),
    sa.CheckConstraint(
        "status IN ('awaiting_upload', 'imported', 'refused')", name="package_uploads_status"
    ),
)
