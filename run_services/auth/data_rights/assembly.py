"""The data rights put together from their ports."""

from typing import TYPE_CHECKING

from run_services.auth.data_rights.account_data import AccountData
from run_services.auth.data_rights.erasures import AccountErasures
from run_services.auth.data_rights.exports import AccountExports
from run_services.auth.data_rights.routes import DataRights
from shared import wiring
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.audit import AuditLog

if TYPE_CHECKING:
    from run_services.auth.settings import Settings


def data_rights(settings: "Settings", database: Database, clock: Clock) -> DataRights:
    files, events = wiring.exports(settings), wiring.events(settings)
    keys = wiring.idempotency_keys(settings)
    rates = wiring.rate_limits(settings)
    return DataRights(
        exports=AccountExports(database, files, events, rates, clock),
        erasures=AccountErasures(database, wiring.ledger(settings), events, rates, clock),
        data=AccountData(
            database, AuditLog(clock), files, keys, wiring.recording_choices(settings)
        ),
        keys=keys,
    )
