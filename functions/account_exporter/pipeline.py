"""Everything held about a user, gathered from every service into one file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from shared.domain.data_rights import export_object
from shared.domain.errors import NotFound
from shared.domain.events import AccountExportRequested
from shared.ports.objects import WritableObjects

from .archive import FILES, archive

if TYPE_CHECKING:
    from shared.runtime.service_client import ServiceClient


class AccountExporter:
    """Runs for `AccountExportRequested`; `clients` by the names in `archive.FILES`."""

    def __init__(self, clients: "Mapping[str, ServiceClient]", files: WritableObjects) -> None:
        self._clients = clients
        self._files = files

    def export(self, event: AccountExportRequested) -> None:
        """Write the file and tell auth. Of a user erased meanwhile nothing is left."""
        user = quote(event.user_id, safe="")
        name = export_object(event.user_id, event.export_id)
        try:
            parts = {
                service: self._clients[service].call("GET", f"/internal/v1/users/{user}/data") or {}
                for service in FILES
            }
            data = archive(parts)
            self._files.write(name, data, "application/zip")
            report = {"user_id": event.user_id, "status": "ready", "bytes": len(data)}
            path = f"/internal/v1/exports/{quote(event.export_id, safe='')}"
            self._clients["auth"].call("POST", path, report)
        except NotFound as error:
            if error.code not in ("user_not_found", "export_not_found"):
                raise
            self._files.delete(name)
