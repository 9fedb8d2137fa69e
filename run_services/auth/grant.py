"""`python -m run_services.auth.grant EMAIL ROLE`: give an account a role, as the first admin's."""

import argparse
import sys
from typing import get_args

from run_services.auth.addresses import email_key, normalised
from shared import wiring
from shared.domain.user import UserRole
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.sessions import SessionStore
from shared.repositories.accounts.users import Users
from shared.runtime.store_settings import SqlSettings

_ACTOR = "operator"


def grant(database: Database, clock: Clock, email: str, role: UserRole) -> bool:
    """Give the account of `email` that role, and end its sessions; False: there is none."""
    users, now = Users(), clock.now()
    with database.transaction() as connection:
        user = users.by_email(connection, email_key(email), lock=True)
        if user is None:
            return False
        if user.role != role:
            users.change(connection, user.id, {"role": role}, now)
            SessionStore().revoke_all(connection, user.id, "role_changed", now)
        details = {"role": role, "former_role": user.role}
        AuditLog(clock).record(
            connection, "role_changed", actor_id=_ACTOR, subject_id=user.id, details=details
        )
        return True


def main(arguments: list[str]) -> str | None:
    """None when it is done, else why not."""
    parser = argparse.ArgumentParser(prog="python -m run_services.auth.grant")
    parser.add_argument("email", type=normalised)
    parser.add_argument("role", choices=get_args(UserRole))
    given = parser.parse_args(arguments)
    settings = SqlSettings()
    known = grant(wiring.sql_database(settings), wiring.clock(), given.email, given.role)
    return None if known else "There is no account with this address."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
