"""An uploaded course package is handed to the course service, and then removed."""

import logging
from typing import TYPE_CHECKING

from shared.domain.errors import NotFound
from shared.domain.events import ObjectFinalized
from shared.ports.objects import Objects

if TYPE_CHECKING:
    from shared.runtime.service_client import ServiceClient

_log = logging.getLogger(__name__)
_UNKNOWN = "package_upload_not_found"


class PackageImporter:
    """Runs for `ObjectFinalized`; objects that are no packages are left alone."""

    def __init__(self, materials: Objects, course: "ServiceClient") -> None:
        self._materials = materials
        self._course = course

    def run(self, event: ObjectFinalized) -> None:
        """The service imports or refuses it and writes that down; a repeat finds it done."""
        upload_id = _upload_id(event.name)
        if upload_id is None:
            return
        path = f"/internal/v1/package-uploads/{upload_id}/import"
        try:
            self._course.call("POST", path, {"generation": event.generation})
        except NotFound as error:
            if error.code != _UNKNOWN:
                raise
            _log.warning("package of an upload nobody knows", extra={"upload_id": upload_id})
        self._materials.delete(event.name)


def _upload_id(name: str) -> str | None:
    match name.split("/"):
        case ["packages", _, file] if file.endswith(".zip"):
            return file.removesuffix(".zip")
    return None
