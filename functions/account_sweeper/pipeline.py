"""Erasures and exports do not stay unfinished: the auth service announces them again."""

from shared.domain.events import SweepDue
from shared.runtime.service_client import ServiceClient


class AccountSweeper:
    """Runs for `SweepDue`."""

    def __init__(self, auth: ServiceClient) -> None:
        self._auth = auth

    def sweep(self, _: SweepDue) -> None:
        self._auth.call("POST", "/internal/v1/erasures/sweep")
        self._auth.call("POST", "/internal/v1/exports/sweep")
