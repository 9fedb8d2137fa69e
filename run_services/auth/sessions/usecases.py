"""Sessions: opened by a sign-in, carried on by rotating refresh tokens, ended by revocation.

Rotation and the detection of reuse follow RFC 9700 §4.14.2. A successor is derived from its
predecessor, so that a retry after a lost answer, and many refreshes at once, get the same one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from run_services.auth.limits import Limits
from run_services.auth.opaque import new_token, successor, token_hash
from run_services.auth.sessions.opened import (
    ACCESS_TOKEN_LIFETIME,
    Opened,
    SignedIn,
    principal_of,
)
from shared.domain.errors import Unauthenticated
from shared.domain.identity import Principal
from shared.domain.user import RefreshToken, Session, User
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.identity import TokenIssuer
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.sessions import SessionStore
from shared.repositories.accounts.users import Users

REFRESH_TOKEN_LIFETIME = timedelta(days=7)
RETRY_GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """`refresh_secret` derives successors; `longest` is how long a session may be carried on."""

    refresh_secret: str
    audience: str
    longest: timedelta


class Sessions:
    """Tokens are signed outside transactions: that may be a call over the network."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tokens: TokenIssuer,
        limits: Limits,
        policy: SessionPolicy,
    ) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens
        self._limits = limits
        self._policy = policy
        self._store = SessionStore()
        self._users = Users()
        self._audit = AuditLog(clock)

    def open(
        self,
        connection: sa.Connection,
        user: User,
        client_id: str | None,
        *,
        second_factor: bool,
        authenticated_at: datetime | None = None,
    ) -> Opened:
        """A new session of a user who has just proved who they are (or at `authenticated_at`).

        The caller has locked the user and, once this is committed, answers `signed_in`.
        """
        now = self._clock.now()
        self._store.purge(connection, user.id, now - self._policy.longest)
        session = Session(
            id=self._clock.new_id(),
            user_id=user.id,
            client_id=client_id or "",
            authenticated_at=authenticated_at or now,
            second_factor=second_factor,
            created_at=now,
        )
        self._store.add(connection, session)
        self._users.signed_in(connection, user.id, now)
        self._audit.record(
            connection,
            "login",
            actor_id=user.id,
            subject_id=user.id,
            details={"session_id": session.id, "second_factor": second_factor},
        )
        token = new_token()
        return self._opened(connection, session, user, token)

    def signed_in(self, opened: Opened) -> SignedIn:
        """The answer to a sign-in. Raises `Unavailable` when the token cannot be signed."""
        return opened.signed_in(self._sign(opened.principal))

    def refresh(self, token: str, client_id: str | None, address: str) -> SignedIn:
        """Exchange a refresh token for its successor and a fresh access token.

        Raises `Unauthenticated`: `refresh_token_reused` when the token was used before (the
        session ends), `refresh_token_invalid` for any other that is not good (any more).
        """
        self._limits.admit("refresh", address)
        # Signed first: a token must not be used up by a refresh that cannot be answered.
        with self._database.transaction() as connection:
            expected = self._stands_for(connection, token)
        signed = self._sign(expected) if expected else ""
        with self._database.transaction() as connection:
            outcome = self._rotate(connection, token, client_id or "")
        if outcome == "reused":
            raise Unauthenticated(
                "This refresh token was used before; sign in again.", code="refresh_token_reused"
            )
        if outcome == "invalid":
            raise Unauthenticated(
                "The refresh token is not valid (any more); sign in again.",
                code="refresh_token_invalid",
            )
        if outcome.principal != expected:
            signed = self._sign(outcome.principal)
        return outcome.signed_in(signed)

    def logout(self, token: str, address: str) -> None:
        """End the session the token belongs to, if there is one (RFC 7009 §2.2)."""
        self._limits.admit("logout", address)
        now = self._clock.now()
        with self._database.transaction() as connection:
            if (known := self._store.token(connection, token_hash(token))) is None:
                return
            if self._store.revoke(connection, known.session_id, "logout", now):
                session = self._store.get(connection, known.session_id)
                owner = session.user_id if session else "unknown"
                self._record_revoked(connection, owner, "logout", 1)

    def logout_everywhere(self, caller: Principal) -> None:
        with self._database.transaction() as connection:
            self.revoke_all(connection, caller.id, "logout_everywhere", actor_id=caller.id)

    def revoke_all(
        self,
        connection: sa.Connection,
        user_id: str,
        reason: str,
        *,
        actor_id: str,
        but: str | None = None,
    ) -> None:
        """End the user's sessions, all `but` one; their access tokens run out by themselves."""
        ended = self._store.revoke_all(connection, user_id, reason, self._clock.now(), but=but)
        if ended:
            self._record_revoked(connection, user_id, reason, ended, actor_id)

    def _stands_for(self, connection: sa.Connection, token: str) -> Principal | None:
        held = self._store.token(connection, token_hash(token))
        session = self._store.get(connection, held.session_id) if held else None
        user = self._users.get(connection, session.user_id) if session else None
        if session is None or user is None or session.revoked_at or user.disabled_at:
            return None
        return principal_of(session, user)

    def _rotate(
        self, connection: sa.Connection, token: str, client_id: str
    ) -> Opened | Literal["invalid", "reused"]:
        now = self._clock.now()
        # The user first, as everywhere, or two transactions could wait for each other.
        if owner := self._store.owner(connection, token_hash(token)):
            self._users.get(connection, owner, lock=True)
        held = self._store.token(connection, token_hash(token), lock=True)
        session = self._store.get(connection, held.session_id) if held else None
        user = self._users.get(connection, session.user_id) if session else None
        if held is None or session is None or user is None:
            return "invalid"
        if session.revoked_at or held.expires_at <= now or user.disabled_at:
            return "invalid"
        following = successor(self._policy.refresh_secret, token)
        if client_id != session.client_id or not self._may_follow(connection, held, following):
            self._store.revoke(connection, session.id, "reuse", now)
            self._audit.record(
                connection,
                "refresh_token_reused",
                actor_id=user.id,
                subject_id=user.id,
                details={"session_id": session.id},
            )
            return "reused"
        if held.used_at is None:
            self._store.use(connection, held, now)
        return self._opened(connection, session, user, following)

    def _may_follow(self, connection: sa.Connection, held: RefreshToken, following: str) -> bool:
        """Whether the token is fresh, or its answer was lost: its successor not used so far."""
        if held.used_at is None:
            return True
        if held.used_at + RETRY_GRACE < self._clock.now():
            return False
        given = self._store.token(connection, token_hash(following))
        return given is not None and given.used_at is None

    def _opened(
        self, connection: sa.Connection, session: Session, user: User, token: str
    ) -> Opened:
        """With a row for the token, made unless it is there."""
        now = self._clock.now()
        fresh = RefreshToken(
            hash=token_hash(token),
            session_id=session.id,
            issued_at=now,
            expires_at=min(now + REFRESH_TOKEN_LIFETIME, session.created_at + self._policy.longest),
        )
        self._store.add_token(connection, fresh)
        kept = self._store.token(connection, fresh.hash) or fresh
        return Opened(principal_of(session, user), token, kept.expires_at, user)

    def _sign(self, principal: Principal) -> str:
        return self._tokens.issue(principal, self._policy.audience, ACCESS_TOKEN_LIFETIME)

    def _record_revoked(
        self,
        connection: sa.Connection,
        user_id: str,
        reason: str,
        ended: int,
        actor_id: str | None = None,
    ) -> None:
        self._audit.record(
            connection,
            "sessions_revoked",
            actor_id=actor_id or user_id,
            subject_id=user_id,
            details={"reason": reason, "sessions": ended},
        )
