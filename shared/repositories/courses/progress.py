"""Enrolments and completions. Every function works in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.repositories.courses.tables import (
    courses,
    enrolments,
    lesson_completions,
    prompt_completions,
    summaries,
    version_prompts,
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Lessons count in the version learners see; `completed_at` once all of them are done."""

    course_id: str
    title: str
    enrolled_at: datetime
    lessons_total: int
    lessons_completed: int
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LessonProgress:
    lesson_id: str
    prompts_total: int
    prompts_done: int
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished attempt at a course's prompt."""

    user_id: str
    course_id: str
    lesson_id: str
    prompt_id: str
    version: int
    attempt_id: str


def enrol(connection: sa.Connection, user_id: str, course_id: str, now: datetime) -> None:
    """A learner who is enrolled stays so, from the first time on, till the transaction ends."""
    row = insert(enrolments).values(user_id=user_id, course_id=course_id, enrolled_at=now)
    # A change to what is there already locks it, so that nobody leaves meanwhile.
    same = {"enrolled_at": enrolments.c.enrolled_at}
    connection.execute(row.on_conflict_do_update(constraint=enrolments.primary_key, set_=same))


def leave(connection: sa.Connection, user_id: str, course_id: str) -> bool:
    """Whether the learner was enrolled; what they completed stays."""
    e = enrolments.c
    gone = sa.delete(enrolments).where(e.user_id == user_id, e.course_id == course_id)
    return connection.execute(gone).rowcount == 1


def is_enrolled(connection: sa.Connection, user_id: str, course_id: str) -> bool:
    e = enrolments.c
    wanted = sa.select(e.user_id).where(e.user_id == user_id, e.course_id == course_id)
    return connection.execute(wanted).first() is not None


def enrolments_of(
    connection: sa.Connection,
    user_id: str,
    *,
    course_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Enrolment]:
    """The newest first, of one course or of all; `after` is (enrolled_at, id) of the last seen."""
    e, c, s, p, done = (
        table.c for table in (enrolments, courses, summaries, version_prompts, lesson_completions)
    )
    lessons = (
        sa.select(
            sa.func.count(p.lesson_id.distinct()).label("total"),
            sa.func.count(done.lesson_id.distinct()).label("completed"),
            sa.func.max(done.completed_at).label("last_at"),
        )
        .select_from(version_prompts)
        .outerjoin(
            lesson_completions,
            sa.and_(
                done.user_id == e.user_id,
                done.course_id == p.course_id,
                done.lesson_id == p.lesson_id,
            ),
        )
        .where(p.course_id == c.id, p.version == c.version)
        .lateral("progress")
    )
    wanted = [e.user_id == user_id, s.edition == "published"]
    if course_id is not None:
        wanted.append(e.course_id == course_id)
    if after is not None:
        last = sa.tuple_(sa.literal(after[0], sa.DateTime(timezone=True)), sa.literal(after[1]))
        wanted.append(sa.tuple_(e.enrolled_at, e.course_id) < last)
    counts = lessons.c
    query = (
        sa.select(
            e.course_id, s.title, e.enrolled_at, counts.total, counts.completed, counts.last_at
        )
        .select_from(enrolments)
        .join(courses, c.id == e.course_id)
        .join(summaries, s.course_id == c.id)
        .join(lessons, sa.true())
        .where(*wanted)
        .order_by(e.enrolled_at.desc(), e.course_id.desc())
        .limit(limit)
    )
    return [
        Enrolment(
            row.course_id,
            row.title,
            row.enrolled_at,
            row.total,
            row.completed,
            row.last_at if row.completed == row.total else None,
        )
        for row in connection.execute(query)
    ]


def lessons(
    connection: sa.Connection, user_id: str, course_id: str, version: int
) -> list[LessonProgress]:
    """The lessons of that version in their order."""
    p, prompt_done, lesson_done = version_prompts.c, prompt_completions.c, lesson_completions.c
    mine = sa.and_(prompt_done.user_id == user_id, prompt_done.course_id == p.course_id)
    same_lesson = sa.and_(
        lesson_done.user_id == user_id,
        lesson_done.course_id == p.course_id,
        lesson_done.lesson_id == p.lesson_id,
    )
    query = (
        sa.select(
            p.lesson_id,
            sa.func.count(),
            sa.func.count(prompt_done.prompt_id),
            sa.func.max(lesson_done.completed_at),
        )
        .select_from(version_prompts)
        .outerjoin(prompt_completions, sa.and_(mine, prompt_done.prompt_id == p.prompt_id))
        .outerjoin(lesson_completions, same_lesson)
        .where(p.course_id == course_id, p.version == version)
        .group_by(p.lesson_id)
        .order_by(sa.func.min(p.position))
    )
    return [LessonProgress(*row) for row in connection.execute(query)]


def complete(connection: sa.Connection, completion: Completion, now: datetime) -> None:
    """Mark the prompt as done, and its lesson once all prompts it has in that version are.

    The first completion stays. Reports about the same learner and course wait for each other,
    so that of two last prompts at once one finds the other done.
    """
    key = f"completions of {completion.user_id} in {completion.course_id}"
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))
    connection.execute(sa.select(lock))
    values = {name: getattr(completion, name) for name in Completion.__slots__}
    row = insert(prompt_completions).values(**values, completed_at=now)
    connection.execute(row.on_conflict_do_nothing())
    if _all_done(connection, completion):
        lesson = {k: values[k] for k in ("user_id", "course_id", "lesson_id", "version")}
        finished = insert(lesson_completions).values(**lesson, completed_at=now)
        connection.execute(finished.on_conflict_do_nothing())


def _all_done(connection: sa.Connection, completion: Completion) -> bool:
    p, done = version_prompts.c, prompt_completions.c
    mine = sa.and_(done.user_id == completion.user_id, done.course_id == p.course_id)
    missing = (
        sa.select(p.prompt_id)
        .select_from(version_prompts)
        .outerjoin(prompt_completions, sa.and_(mine, done.prompt_id == p.prompt_id))
        .where(
            p.course_id == completion.course_id,
            p.version == completion.version,
            p.lesson_id == completion.lesson_id,
            done.prompt_id.is_(None),
        )
    )
    return connection.execute(missing.limit(1)).first() is None
