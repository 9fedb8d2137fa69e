"""Accounts of every role on a running stack, with tokens that outlast a long run."""

from dataclasses import dataclass
from datetime import timedelta

from local import credentials
from local.sign_up import sign_up
from local.stack import AUDIENCE, ISSUER, Stack
from run_services.auth.grant import grant
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.adapters.postgresql.engine import connect
from shared.adapters.postgresql.sql import SqlDatabase
from shared.domain.identity import Principal
from shared.domain.user import UserRole

_LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    email: str
    password: str
    session_id: str
    role: UserRole


def open_account(stack: Stack, role: UserRole = "learner") -> Account:
    """A new, confirmed account of that role, signed in once."""
    newcomer = sign_up(stack.url, stack.outbox)
    session = _tokens(stack).verify(newcomer.access_token).session_id or ""
    if role != "learner":
        engine = connect(stack.database_url)
        try:
            grant(SqlDatabase(engine), SystemClock(), newcomer.email, role)
        finally:
            engine.dispose()
    return Account(newcomer.user_id, newcomer.email, newcomer.password, session, role)


def token(
    stack: Stack,
    account: Account,
    *,
    second_factor: bool = False,
    signed_in_ago: timedelta = timedelta(),
) -> str:
    """An access token for the account, as its sign-in of that long ago would have got."""
    clock = SystemClock()
    principal = Principal(
        account.id,
        account.role,
        session_id=account.session_id,
        authenticated_at=int((clock.now() - signed_in_ago).timestamp()),
        second_factor=second_factor,
    )
    return _tokens(stack).issue(principal, AUDIENCE, _LIFETIME)


def _tokens(stack: Stack) -> LocalTokens:
    keys = credentials.load(stack.data / "secrets").token_keys
    return LocalTokens(keys, ISSUER, AUDIENCE, SystemClock())
