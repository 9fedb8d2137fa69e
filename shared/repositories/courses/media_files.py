"""A course's media files as rows. Every function works in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.repositories.courses.tables import media, version_media

MediaState = Literal["awaiting_upload", "stored", "invalid"]


@dataclass(frozen=True, slots=True)
class MediaFile:
    """`bytes` is the size announced and, once `stored`, the true one.

    `invalid` is a file that is not of the type its author named.
    """

    course_id: str
    name: str
    content_type: str
    bytes: int
    state: MediaState
    created_at: datetime


def get(connection: sa.Connection, course_id: str, name: str) -> MediaFile | None:
    wanted = sa.select(media).where(media.c.course_id == course_id, media.c.name == name)
    row = connection.execute(wanted).mappings().first()
    return MediaFile(**row) if row else None


def of_course(connection: sa.Connection, course_id: str) -> list[MediaFile]:
    """By name."""
    wanted = sa.select(media).where(media.c.course_id == course_id).order_by(media.c.name)
    return [MediaFile(**row) for row in connection.execute(wanted).mappings()]


def put(connection: sa.Connection, file: MediaFile) -> None:
    """Write the row, new or not."""
    values = {name: getattr(file, name) for name in MediaFile.__slots__}
    changes = {name: values[name] for name in ("content_type", "bytes", "state", "created_at")}
    row = insert(media).values(**values)
    connection.execute(row.on_conflict_do_update(constraint=media.primary_key, set_=changes))


def settle(connection: sa.Connection, file: MediaFile) -> None:
    """Write down what was found out about a file, unless its row was replaced meanwhile."""
    same = sa.and_(
        media.c.course_id == file.course_id,
        media.c.name == file.name,
        media.c.created_at == file.created_at,
    )
    connection.execute(sa.update(media).where(same).values(bytes=file.bytes, state=file.state))


def remove(connection: sa.Connection, course_id: str, name: str) -> None:
    gone = sa.and_(media.c.course_id == course_id, media.c.name == name)
    connection.execute(sa.delete(media).where(gone))


def in_version(connection: sa.Connection, course_id: str, version: int) -> frozenset[str]:
    """The names that version refers to."""
    wanted = sa.select(version_media.c.name).where(
        version_media.c.course_id == course_id, version_media.c.version == version
    )
    return frozenset(connection.execute(wanted).scalars())


def in_any_version(connection: sa.Connection, course_id: str, name: str) -> bool:
    wanted = sa.select(sa.literal(1)).where(
        version_media.c.course_id == course_id, version_media.c.name == name
    )
    return connection.execute(wanted.limit(1)).first() is not None
