"""An erased account's data goes from every service that holds some."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from shared.domain.errors import AppError
from shared.domain.events import AccountErased

if TYPE_CHECKING:
    from shared.runtime.service_client import ServiceClient


class AccountEraser:
    """Runs for `AccountErased`; `clients` are all owners of personal data, auth among them."""

    def __init__(self, clients: "Mapping[str, ServiceClient]") -> None:
        self._clients = clients

    def erase(self, event: AccountErased) -> None:
        """Empty every store, then tell auth. One service that is away holds up no other."""
        user = quote(event.user_id, safe="")
        failed: AppError | None = None
        for client in self._clients.values():
            try:
                client.call("DELETE", f"/internal/v1/users/{user}/data")
            except AppError as error:
                failed = error
        if failed is not None:
            raise failed
        self._clients["auth"].call("POST", f"/internal/v1/erasures/{user}/finished")
