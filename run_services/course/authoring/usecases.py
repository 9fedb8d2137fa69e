"""Making courses: a draft that changes, versions that never do."""

from dataclasses import replace

import sqlalchemy as sa

from run_services.course import access
from run_services.course.media.usecases import Media
from run_services.course.views import CourseView, draft_view, names_draft
from shared.domain.course import CourseContent, gaps
from shared.domain.errors import FieldError, NotFound, PreconditionFailed, Unprocessable
from shared.domain.identity import Principal
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.courses import catalogue, media_files, records
from shared.repositories.courses.content import content_document, load_content
from shared.repositories.courses.records import Course, Version

_MEDIA_FAULTS = {
    "awaiting_upload": "The course has no such media file.",
    "invalid": "The media file is not of the type it was given.",
}


class Authoring:
    def __init__(self, database: Database, media: Media, clock: Clock) -> None:
        self._database = database
        self._media = media
        self._clock = clock

    def create(self, user: Principal, content: CourseContent) -> CourseView:
        """A draft of the user's own."""
        access.require_author(user)
        now = self._clock.now()
        course = Course(
            id=self._clock.new_id(),
            owner_id=user.id,
            status="draft",
            draft_version=1,
            version=None,
            created_at=now,
            updated_at=now,
            published_at=None,
        )
        with self._database.transaction() as connection:
            records.add(connection, course, content)
            catalogue.write_summary(connection, course.id, "draft", content, now)
        return draft_view(course, content_document(content))

    def draft(self, user: Principal, course_id: str) -> CourseView:
        with self._database.reading() as connection:
            course, content = records.with_draft(connection, course_id)
        access.require_owner(user, course)
        return draft_view(course, content)

    def replace_draft(
        self, user: Principal, course_id: str, content: CourseContent, etag: str | None = None
    ) -> CourseView:
        """Raises `PreconditionFailed` unless `etag`, if given, names the present draft."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id, lock=True)
            access.require_owner(user, course)
            if etag is not None and not names_draft(etag, course):
                raise PreconditionFailed("The draft was changed meanwhile; read it again.")
            now = self._clock.now()
            course = replace(course, draft_version=course.draft_version + 1, updated_at=now)
            records.change(connection, course, content)
            catalogue.write_summary(connection, course.id, "draft", content, now)
        return draft_view(course, content_document(content))

    def publish(self, user: Principal, course_id: str, note: str | None) -> Version:
        """The draft as a new version, which all see at once; an archived course is back with it.

        Raises `Unprocessable` (`course_incomplete`) naming all the draft lacks.
        """
        with self._database.reading() as connection:
            course, draft = records.with_draft(connection, course_id)
        access.require_owner(user, course)
        content = load_content(draft)
        # Files are read before the course is locked; one that arrives meanwhile comes too late.
        self._media.inspect_named(course.id, content.media_names())
        with self._database.transaction() as connection:
            course = records.get(connection, course_id, lock=True)
            access.require_owner(user, course)
            content = load_content(records.draft(connection, course.id))
            if faults := gaps(content) + _media_faults(connection, course.id, content):
                raise Unprocessable(
                    "The course cannot be published yet.", code="course_incomplete", errors=faults
                )
            return self._append(connection, course, content, user, note)

    def rollback(self, user: Principal, course_id: str, version: int, note: str | None) -> Version:
        """An old version's content as a new version; the draft stays."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id, lock=True)
            access.require_owner(user, course)
            found = records.version_content(connection, course.id, version)
            if found is None:
                raise NotFound("The course has no such version.", code="version_not_found")
            content = load_content(found[1])
            return self._append(connection, course, content, user, note, restored_from=version)

    def archive(self, user: Principal, course_id: str) -> None:
        """Out of the lists; its versions stay readable. Archiving again changes nothing."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id, lock=True)
            access.require_owner(user, course)
            if course.status != "archived":
                now = self._clock.now()
                records.change(connection, replace(course, status="archived", updated_at=now))

    def _append(
        self,
        connection: sa.Connection,
        course: Course,
        content: CourseContent,
        user: Principal,
        note: str | None,
        restored_from: int | None = None,
    ) -> Version:
        now = self._clock.now()
        number = (course.version or 0) + 1
        version = Version(course.id, number, now, user.id, note, restored_from)
        records.add_version(connection, version, content)
        published = replace(
            course, status="published", version=number, published_at=now, updated_at=now
        )
        records.change(connection, published)
        catalogue.write_summary(connection, course.id, "published", content, now)
        return version


def _media_faults(
    connection: sa.Connection, course_id: str, content: CourseContent
) -> list[FieldError]:
    states = {file.name: file.state for file in media_files.of_course(connection, course_id)}
    found = (
        (pointer, states.get(name, "awaiting_upload")) for pointer, name in content.media_places()
    )
    return [
        FieldError(pointer, _MEDIA_FAULTS[state]) for pointer, state in found if state != "stored"
    ]
