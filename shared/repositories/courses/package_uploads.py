"""Course packages on their way through storage; all within the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from shared.repositories.courses.tables import package_uploads

UploadStatus = Literal["awaiting_upload", "imported", "refused"]


@dataclass(frozen=True, slots=True)
class PackageUpload:
    """`course_id` is the course whose draft is replaced or, once imported, the one that was made.

    `errors` are the faults of a refused package, as JSON.
    """

    id: str
    user_id: str
    course_id: str | None
    status: UploadStatus
    bytes: int
    created_at: datetime
    expires_at: datetime
    errors: list[dict[str, Any]] | None = None
    finished_at: datetime | None = None


def add(connection: sa.Connection, upload: PackageUpload) -> None:
    values = {name: getattr(upload, name) for name in PackageUpload.__slots__}
    connection.execute(sa.insert(package_uploads).values(**values))


def get(connection: sa.Connection, upload_id: str, *, lock: bool = False) -> PackageUpload | None:
    """With `lock`, nobody else ends it before this transaction does."""
    wanted = sa.select(package_uploads).where(package_uploads.c.id == upload_id)
    if lock:
        wanted = wanted.with_for_update()
    row = connection.execute(wanted).mappings().first()
    return PackageUpload(**row) if row else None


def finish(
    connection: sa.Connection,
    upload_id: str,
    *,
    at: datetime,
    course_id: str | None = None,
    errors: list[dict[str, Any]] | None = None,
) -> None:
    """Imported as `course_id`, or refused for `errors`."""
    values: dict[str, Any] = {"status": "refused", "errors": errors, "finished_at": at}
    if course_id is not None:
        values = {"status": "imported", "course_id": course_id, "finished_at": at}
    wanted = sa.update(package_uploads).where(package_uploads.c.id == upload_id)
    connection.execute(wanted.values(**values))
