"""Courses, versions, media, enrolments, completions and package uploads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("draft", JSONB(), nullable=False),
        sa.Column("draft_version", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('draft', 'published', 'archived')", name="courses_status"),
        sa.CheckConstraint(
            "(version IS NULL) = (published_at IS NULL)", name="courses_published_version"
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="course",
    )
    op.create_index("ix_course_courses_owner_id", "courses", ["owner_id"], schema="course")
    op.create_table(
        "enrolments",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.courses.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "course_id"),
        schema="course",
    )
    op.create_index("enrolments_by_course", "enrolments", ["course_id"], schema="course")
    op.create_index(
        "enrolments_by_time",
        "enrolments",
        ["user_id", "enrolled_at", "course_id"],
        schema="course",
    )
    op.create_table(
        "lesson_completions",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.courses.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "course_id", "lesson_id"),
        schema="course",
    )
    op.create_index(
        "lesson_completions_by_course", "lesson_completions", ["course_id"], schema="course"
    )
    op.create_table(
        "media",
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('awaiting_upload', 'stored', 'invalid')", name="media_state"),
        sa.ForeignKeyConstraint(["course_id"], ["course.courses.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "name"),
        schema="course",
    )
    op.create_table(
        "package_uploads",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("errors", JSONB()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('awaiting_upload', 'imported', 'refused')", name="package_uploads_status"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.courses.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        schema="course",
    )
    op.create_index(
        "ix_course_package_uploads_course_id", "package_uploads", ["course_id"], schema="course"
    )
    op.create_index(
        "ix_course_package_uploads_user_id", "package_uploads", ["user_id"], schema="course"
    )
    op.create_table(
        "prompt_completions",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.courses.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "course_id", "prompt_id"),
        schema="course",
    )
    op.create_index(
        "prompt_completions_by_course", "prompt_completions", ["course_id"], schema="course"
    )
    op.create_table(
        "summaries",
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("level", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("tags", JSONB(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("prompts", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("configuration", sa.Text(), nullable=False),
        sa.Column("search", TSVECTOR(), nullable=False),
        sa.CheckConstraint("edition IN ('draft', 'published')", name="summaries_edition"),
        sa.ForeignKeyConstraint(["course_id"], ["course.courses.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "edition"),
        schema="course",
    )
    op.create_index("summaries_by_configuration", "summaries", ["configuration"], schema="course")
    op.create_index(
        "summaries_search", "summaries", ["search"], schema="course", postgresql_using="gin"
    )
    op.create_table(
        "versions",
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("restored_from", sa.Integer()),
        sa.ForeignKeyConstraint(["course_id"], ["course.courses.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "version"),
        schema="course",
    )
    op.create_index(
        "ix_course_versions_published_by", "versions", ["published_by"], schema="course"
    )
    op.create_table(
        "version_media",
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "version"],
            ["course.versions.course_id", "course.versions.version"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", "version", "name"),
        schema="course",
    )
    op.create_table(
        "version_prompts",
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prompt", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "version"],
            ["course.versions.course_id", "course.versions.version"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", "version", "prompt_id"),
        schema="course",
    )
