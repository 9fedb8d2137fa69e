"""Courses in and out as packages."""

from dataclasses import replace

import sqlalchemy as sa

from run_services.course import access
from run_services.course.media.usecases import Media
from run_services.course.packages.media_import import MediaImport
from run_services.course.views import CourseView, draft_view
from shared.domain.course import media_object
from shared.domain.errors import NotFound, Unprocessable
from shared.domain.identity import Principal
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.objects import WritableObjects
from shared.repositories.course_packages.archive import MAX_PACKAGE_BYTES
from shared.repositories.course_packages.reader import CoursePackage, read_package
from shared.repositories.course_packages.writer import write_package
from shared.repositories.courses import catalogue, media_files, records
from shared.repositories.courses.content import content_document, load_content
from shared.repositories.courses.records import Course


class Packages:
    def __init__(
        self, database: Database, materials: WritableObjects, media: Media, clock: Clock
    ) -> None:
        self._database = database
        self._materials = materials
        self._media = media
        self._clock = clock

    def import_package(self, user: Principal, data: bytes, course_id: str | None) -> CourseView:
        """A new draft of the user's own or, with `course_id`, that course's draft replaced.

        All of it or nothing. Raises `Unprocessable` (`package_invalid`) naming every fault.
        """
        self.require_importer(user, course_id)
        package = read_package(data)
        with self._database.transaction() as connection:
            if course_id is not None:
                access.require_owner(user, records.get(connection, course_id, lock=True))
            return self.store(connection, package, user.id, course_id)

    def require_importer(self, user: Principal, course_id: str | None) -> None:
        """Raises `Forbidden` or `NotFound` unless the user may import, into that course."""
        access.require_author(user)
        if course_id is not None:
            with self._database.transaction() as connection:
                access.require_owner(user, records.get(connection, course_id))

    def store(
        self,
        connection: sa.Connection,
        package: CoursePackage,
        owner_id: str,
        course_id: str | None,
    ) -> CourseView:
        """Write course, draft and media within the caller's transaction.

        Files come last, so that what refuses the import does so before them.
        """
        content, now = package.content, self._clock.now()
        if course_id is None:
            course = Course(
                id=self._clock.new_id(),
                owner_id=owner_id,
                status="draft",
                draft_version=1,
                version=None,
                created_at=now,
                updated_at=now,
                published_at=None,
            )
            records.add(connection, course, content)
        else:
            course = records.get(connection, course_id, lock=True)
            course = replace(course, draft_version=course.draft_version + 1, updated_at=now)
            records.change(connection, course, content)
        catalogue.write_summary(connection, course.id, "draft", content, now)
        MediaImport(self._materials, course.id, now).store(connection, package.media)
        return draft_view(course, content_document(content))

    def export(self, user: Principal, course_id: str, version: int | None) -> bytes:
        """The draft, or that version, with its media: the same bytes for the same course.

        Media that has not been uploaded, or is not what it was said to be, is left out.
        """
        with self._database.transaction() as connection:
            course = records.get(connection, course_id)
            access.require_owner(user, course)
            if version is None:
                document = records.draft(connection, course.id)
            elif (found := records.version_content(connection, course.id, version)) is not None:
                document = found[1]
            else:
                raise NotFound("The course has no such version.", code="version_not_found")
            files = media_files.of_course(connection, course.id)
        content = load_content(document)
        wanted = content.media_names()
        stored = self._media.inspect(file for file in files if file.name in wanted)
        ready = [file for file in stored if file.state == "stored"]
        if sum(file.bytes for file in ready) > MAX_PACKAGE_BYTES:
            raise _too_large()
        package = write_package(content, {f.name: self._read(course.id, f.name) for f in ready})
        if len(package) > MAX_PACKAGE_BYTES:
            raise _too_large()
        return package

    def _read(self, course_id: str, name: str) -> bytes:
        info = self._materials.stat(media_object(course_id, name))
        if info is None:
            raise NotFound("The course has no such media file.", code="media_not_found")
        return self._materials.read(info.name, info.generation)


def _too_large() -> Unprocessable:
    return Unprocessable(
        f"With its media the course is larger than the {MAX_PACKAGE_BYTES} bytes of a package.",
        code="package_too_large",
    )
