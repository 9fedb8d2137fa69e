"""Packages that come through storage: a signed URL first, the import when the file has arrived."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from run_services.course.packages.usecases import Packages
from shared.domain.course import package_object
from shared.domain.documents import to_document
from shared.domain.errors import AppError, FieldError, NotFound
from shared.domain.identity import Principal
from shared.domain.times import timestamp
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.objects import WritableObjects
from shared.repositories.course_packages.reader import read_package
from shared.repositories.courses import package_uploads
from shared.repositories.courses.package_uploads import PackageUpload

CONTENT_TYPE = "application/zip"
_WINDOW = timedelta(minutes=15)


class PackageUploads:
    def __init__(
        self, database: Database, materials: WritableObjects, packages: Packages, clock: Clock
    ) -> None:
        self._database = database
        self._materials = materials
        self._packages = packages
        self._clock = clock

    def create(self, user: Principal, size: int, course_id: str | None) -> dict[str, Any]:
        """Announce a package of `size` bytes and say where to put it."""
        self._packages.require_importer(user, course_id)
        now = self._clock.now()
        upload = PackageUpload(
            id=self._clock.new_id(),
            user_id=user.id,
            course_id=course_id,
            status="awaiting_upload",
            bytes=size,
            created_at=now,
            expires_at=now + _WINDOW,
        )
        with self._database.transaction() as connection:
            package_uploads.add(connection, upload)
        return self._document(upload)

    def get(self, user: Principal, upload_id: str) -> dict[str, Any]:
        """Raises `NotFound` for another user's upload, too."""
        upload = self._find(upload_id)
        if upload.user_id != user.id:
            raise _not_found()
        return self._document(upload)

    def arrived(self, upload_id: str, generation: str) -> None:
        """Import the uploaded package, or write down why it is refused.

        An upload that has ended stays as it is; so does one whose file is gone. If the course it
        was meant for is gone, it becomes a new one.
        """
        upload = self._find(upload_id)
        name = package_object(upload.user_id, upload.id)
        if upload.status != "awaiting_upload":
            return
        try:
            data = self._materials.read(name, generation)
        except NotFound:
            return
        try:
            self._import(upload, data)
        except AppError as error:
            if error.retryable:
                raise
            faults = error.errors or (FieldError("", error.detail),)
            self._refuse(upload, [to_document(fault) for fault in faults])

    def _import(self, upload: PackageUpload, data: bytes) -> None:
        package = read_package(data)
        with self._database.transaction() as connection:
            current = package_uploads.get(connection, upload.id, lock=True)
            if current is None or current.status != "awaiting_upload":
                return
            view = self._packages.store(connection, package, upload.user_id, current.course_id)
            course_id, now = view.document["id"], self._clock.now()
            package_uploads.finish(connection, upload.id, at=now, course_id=course_id)

    def _refuse(self, upload: PackageUpload, errors: list[dict[str, Any]]) -> None:
        with self._database.transaction() as connection:
            current = package_uploads.get(connection, upload.id, lock=True)
            if current is not None and current.status == "awaiting_upload":
                now = self._clock.now()
                package_uploads.finish(connection, upload.id, at=now, errors=errors)

    def _find(self, upload_id: str) -> PackageUpload:
        try:
            wanted = str(UUID(upload_id))
        except ValueError:
            raise _not_found() from None
        with self._database.transaction() as connection:
            upload = package_uploads.get(connection, wanted)
        if upload is None:
            raise _not_found()
        return upload

    def _document(self, upload: PackageUpload) -> dict[str, Any]:
        document = {
            "id": upload.id,
            "status": upload.status,
            "course_id": upload.course_id,
            "errors": upload.errors,
            "upload": self._terms(upload),
            "created_at": timestamp(upload.created_at),
        }
        return {name: value for name, value in document.items() if value is not None}

    def _terms(self, upload: PackageUpload) -> dict[str, Any] | None:
        if upload.status != "awaiting_upload" or upload.expires_at <= self._clock.now():
            return None
        signed = self._materials.signed_upload(
            package_object(upload.user_id, upload.id),
            content_type=CONTENT_TYPE,
            max_bytes=upload.bytes,
            expires_at=upload.expires_at,
        )
        return {
            "url": signed.url,
            "method": "PUT",
            "headers": dict(signed.headers),
            "max_bytes": upload.bytes,
            "expires_at": timestamp(upload.expires_at),
        }


def _not_found() -> NotFound:
    return NotFound("There is no such package upload.", code="package_upload_not_found")
