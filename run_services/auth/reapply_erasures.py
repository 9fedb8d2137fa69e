"""`python -m run_services.auth.reapply_erasures [--all]`: after a restore, erase again.

Everyone in the ledger who is back, or whose erasure was not finished, is erased and announced
anew; with `--all` everyone is announced, for when another store was restored by itself.
"""

import argparse
import logging

from run_services.auth.data_rights.erasures import AccountErasures
from shared import wiring
from shared.runtime import logs
from shared.runtime.store_settings import LedgerSettings, SqlSettings

_log = logging.getLogger(__name__)


class Settings(SqlSettings, LedgerSettings):
    """The accounts and the ledger."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m run_services.auth.reapply_erasures")
    parser.add_argument("--all", action="store_true", help="announce every erasure again")
    every = parser.parse_args().all
    settings = Settings()
    logs.configure("reapply_erasures", level=settings.log_level, project=settings.project)
    erasures = AccountErasures(
        wiring.sql_database(settings),
        wiring.ledger(settings),
        wiring.events(settings),
        wiring.rate_limits(settings),
        wiring.clock(),
    )
    _log.info("erasures applied again: %d", erasures.reapply(every=every))


if __name__ == "__main__":
    main()
