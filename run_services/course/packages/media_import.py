"""A package's media into a course, where a file never changes under its name."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from shared.domain.course import MAX_MEDIA_OF_A_COURSE, media_object
from shared.domain.errors import FieldError
from shared.ports.objects import WritableObjects
from shared.repositories.course_packages.layout import media_file
from shared.repositories.course_packages.reader import Media, invalid
from shared.repositories.courses import media_files
from shared.repositories.courses.media_files import MediaFile


class MediaImport:
    """Into the course `course_id`, which the caller has made or locked."""

    def __init__(self, materials: WritableObjects, course_id: str, now: datetime) -> None:
        self._materials = materials
        self._course_id = course_id
        self._now = now

    def store(self, connection: sa.Connection, media: Mapping[str, Media]) -> None:
        """Add what the course does not have yet; what it has stays.

        Raises `Unprocessable` (`package_invalid`) where it has another file of the same name.
        """
        rows = {file.name: file for file in media_files.of_course(connection, self._course_id)}
        present = {name: self._present(name) for name in rows.keys() & media.keys()}
        faults = [
            FieldError(
                "",
                "The course has another file of this name, and media never changes:"
                " give this file a new name.",
                media_file(name),
            )
            for name, data in present.items()
            if data is not None
            and (data != media[name].data or rows[name].content_type != media[name].content_type)
        ]
        if len(rows.keys() | media.keys()) > MAX_MEDIA_OF_A_COURSE:
            detail = f"A course has at most {MAX_MEDIA_OF_A_COURSE} media files."
            faults.append(FieldError("", detail))
        if faults:
            raise invalid(faults)
        new = [name for name in sorted(media) if present.get(name) is None]
        for name, item in media.items():
            size = len(item.data)
            file = MediaFile(self._course_id, name, item.content_type, size, "stored", self._now)
            media_files.put(connection, file)
        self._write(new, media)

    def _present(self, name: str) -> bytes | None:
        info = self._materials.stat(media_object(self._course_id, name))
        return None if info is None else self._materials.read(info.name, info.generation)

    def _write(self, names: list[str], media: Mapping[str, Media]) -> None:
        written: list[str] = []
        try:
            for name in names:
                target = media_object(self._course_id, name)
                written.append(target)
                self._materials.write(target, media[name].data, media[name].content_type)
        except BaseException:
            for target in written:
                self._materials.delete(target)
            raise
