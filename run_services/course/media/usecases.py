"""A course's media: uploaded straight to the store, handed out by signed URLs."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from run_services.course import access
from shared.domain.course import (
    MAX_MEDIA_OF_A_COURSE,
    MEDIA_DOWNLOAD_WINDOW,
    MEDIA_UPLOAD_WINDOW,
    media_object,
)
from shared.domain.errors import Conflict, NotFound
from shared.domain.identity import Principal
from shared.domain.media_types import is_of_type
from shared.domain.times import timestamp
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.objects import WritableObjects
from shared.repositories.courses import media_files, records
from shared.repositories.courses.content import load_content
from shared.repositories.courses.media_files import MediaFile


class Media:
    def __init__(self, database: Database, materials: WritableObjects, clock: Clock) -> None:
        self._database = database
        self._materials = materials
        self._clock = clock

    def create(
        self, user: Principal, course_id: str, name: str, content_type: str, size: int
    ) -> dict[str, Any]:
        """Announce a file of `size` bytes and say where to put it.

        A name that was announced before is free while nothing was uploaded, or something else
        than was announced.
        """
        now = self._clock.now()
        with self._database.transaction() as connection:
            course = records.get(connection, course_id, lock=True)
            access.require_owner(user, course)
            files = {file.name: file for file in media_files.of_course(connection, course.id)}
            target = media_object(course.id, name)
            if name not in files and len(files) >= MAX_MEDIA_OF_A_COURSE:
                raise Conflict(
                    f"A course has at most {MAX_MEDIA_OF_A_COURSE} media files.", code="media_limit"
                )
            known = files.get(name)
            taken = known is not None and known.state != "invalid"
            if taken and self._materials.stat(target) is not None:
                raise Conflict("The course has a file of that name.", code="media_exists")
            self._materials.delete(target)
            file = MediaFile(course.id, name, content_type, size, "awaiting_upload", now)
            media_files.put(connection, file)
        expires_at = now + MEDIA_UPLOAD_WINDOW
        signed = self._materials.signed_upload(
            target, content_type=content_type, max_bytes=size, expires_at=expires_at
        )
        upload = {
            "url": signed.url,
            "method": "PUT",
            "headers": dict(signed.headers),
            "max_bytes": size,
            "expires_at": timestamp(expires_at),
        }
        return {"name": name, "content_type": content_type, "upload": upload}

    def of_course(self, user: Principal, course_id: str) -> list[dict[str, Any]]:
        """What is there: for the owner all, for others what the published version refers to."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id)
            files = media_files.of_course(connection, course.id)
            if not access.may_edit(user, course):
                access.require_published(course)
                shown = media_files.in_version(connection, course.id, course.version or 0)
                files = [file for file in files if file.name in shown]
        settled = self.inspect(files)
        return [_document(file) for file in settled if file.state == "stored"]

    def get(self, user: Principal, course_id: str, name: str) -> dict[str, Any]:
        """A file with its signed URL: for others than the owner, one a version refers to."""
        with self._database.transaction() as connection:
            course = records.get(connection, course_id)
            file = media_files.get(connection, course.id, name)
            if not access.may_edit(user, course):
                access.require_ever_published(course)
                if file is None or not media_files.in_any_version(connection, course.id, name):
                    raise _not_found()
        (found,) = self.inspect([file]) if file else (None,)
        if found is None or found.state == "awaiting_upload":
            raise _not_found()
        if found.state == "invalid":
            raise Conflict("The file is not of the type it was given.", code="media_invalid")
        expires_at = self._clock.now() + MEDIA_DOWNLOAD_WINDOW
        url = self._materials.signed_download(
            media_object(course.id, name), expires_at=expires_at, filename=name
        )
        return _document(found) | {"url": url, "expires_at": timestamp(expires_at)}

    def delete(self, user: Principal, course_id: str, name: str) -> None:
        with self._database.transaction() as connection:
            course = records.get(connection, course_id, lock=True)
            access.require_owner(user, course)
            if media_files.get(connection, course.id, name) is None:
                raise _not_found()
            draft = load_content(records.draft(connection, course.id))
            if name in draft.media_names() or media_files.in_any_version(
                connection, course.id, name
            ):
                raise Conflict("A lesson or prompt refers to this file.", code="media_in_use")
            media_files.remove(connection, course.id, name)
            self._materials.delete(media_object(course.id, name))

    def inspect(self, files: Iterable[MediaFile]) -> list[MediaFile]:
        """The files, those that have arrived since found to be what their author said, or not."""
        return [self._settled(file) if file.state == "awaiting_upload" else file for file in files]

    def inspect_named(self, course_id: str, names: frozenset[str]) -> None:
        """As `inspect`, for some files of a course."""
        with self._database.reading() as connection:
            files = media_files.of_course(connection, course_id)
        self.inspect(file for file in files if file.name in names)

    def _settled(self, file: MediaFile) -> MediaFile:
        info = self._materials.stat(media_object(file.course_id, file.name))
        if info is None:
            return file
        try:
            data = self._materials.read(info.name, info.generation)
        except NotFound:
            # Deleted meanwhile.
            return file
        true = info.content_type == file.content_type and is_of_type(data, file.content_type)
        settled = replace(file, bytes=info.size, state="stored" if true else "invalid")
        with self._database.transaction() as connection:
            media_files.settle(connection, settled)
        return settled


def _document(file: MediaFile) -> dict[str, Any]:
    return {"name": file.name, "content_type": file.content_type, "bytes": file.bytes}


def _not_found() -> NotFound:
    return NotFound("The course has no such media file.", code="media_not_found")
