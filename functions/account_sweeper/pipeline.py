"""Erasures and exports do not stay unfinished: the auth service announces them again."""

from typing import TYPE_CHECKING

from shared.domain.events import SweepDue

if TYPE_CHECKING:
    from shared.runtime.service_client import ServiceClient


class AccountSweeper:
    """Runs for `SweepDue`."""

    def __init__(self, auth: "ServiceClient") -> None:
        self._auth = auth

    def sweep(self, _: SweepDue) -> None:
        self._auth.call("POST", "/internal/v1/erasures/sweep")
        self._auth.call("POST", "/internal/v1/exports/sweep")
