"""What an administrator signed in with a second factor may see and change."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from run_services.auth.sessions.usecases import Sessions
from shared.domain.cursors import decode_cursor, encode_cursor
from shared.domain.errors import Conflict, Forbidden, NotFound
from shared.domain.identity import Principal
from shared.domain.user import User, UserRole
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.audit import AuditEntry, AuditLog
from shared.repositories.accounts.users import Users

T = TypeVar("T", User, AuditEntry)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: list[T]
    next_cursor: str | None


class Administration:
    def __init__(self, database: Database, clock: Clock, sessions: Sessions) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._users = Users()
        self._audit = AuditLog(clock)

    def list_users(
        self,
        caller: Principal,
        *,
        email_key: str | None,
        role: UserRole | None,
        cursor: str | None,
        limit: int,
    ) -> Page[User]:
        """Newest first."""
        _require_second_factor(caller)
        before = decode_cursor(cursor) if cursor else None
        with self._database.transaction() as connection:
            found = self._users.page(
                connection, email_key=email_key, role=role, before=before, limit=limit + 1
            )
        return _page(found, limit)

    def update_user(
        self,
        caller: Principal,
        user_id: str,
        *,
        role: UserRole | None = None,
        disabled: bool | None = None,
    ) -> User:
        """Change role or access of another's account; each ends that account's sessions.

        Whether the caller still is an administrator is read anew: of two who demote each other
        at once one succeeds, so there is always one left.
        """
        _require_second_factor(caller)
        subject_id = _as_id(user_id)
        if subject_id == caller.id:
            raise Conflict("You cannot change your own account here.", code="own_account")
        with self._database.transaction() as connection:
            # In one order, so that two who change each other do not deadlock.
            locked = {
                user: self._users.get(connection, user, lock=True)
                for user in sorted((caller.id, subject_id))
            }
            actor, subject = locked[caller.id], locked[subject_id]
            if actor is None or actor.role != "admin" or actor.disabled_at:
                raise Forbidden("You are no administrator any more.")
            if subject is None:
                raise _not_found()
            return self._change(connection, actor, subject, role=role, disabled=disabled)

    def list_audit(
        self, caller: Principal, *, user_id: str | None, cursor: str | None, limit: int
    ) -> Page[AuditEntry]:
        """Newest first."""
        _require_second_factor(caller)
        before = decode_cursor(cursor) if cursor else None
        with self._database.transaction() as connection:
            found = self._audit.newest(connection, user_id=user_id, before=before, limit=limit + 1)
        return _page(found, limit)

    def _change(
        self,
        connection: sa.Connection,
        actor: User,
        subject: User,
        *,
        role: UserRole | None,
        disabled: bool | None,
    ) -> User:
        now = self._clock.now()
        changes: dict[str, Any] = {}
        if role is not None and role != subject.role:
            changes["role"] = role
            self._audit.record(
                connection,
                "role_changed",
                actor_id=actor.id,
                subject_id=subject.id,
                details={"role": role, "former_role": subject.role},
            )
        if disabled is not None and disabled != (subject.disabled_at is not None):
            changes["disabled_at"] = now if disabled else None
            action = "account_disabled" if disabled else "account_enabled"
            self._audit.record(connection, action, actor_id=actor.id, subject_id=subject.id)
        if not changes:
            return subject
        self._sessions.revoke_all(connection, subject.id, "administration", actor_id=actor.id)
        changed = self._users.change(connection, subject.id, changes, now)
        if changed is None:
            raise _not_found()
        return changed


def _page(found: list[T], limit: int) -> Page[T]:
    items = found[:limit]
    more = len(found) > limit
    return Page(items, encode_cursor(items[-1].id) if more else None)


def _require_second_factor(caller: Principal) -> None:
    if caller.role != "admin":
        raise Forbidden("Your account may not do this.")
    if not caller.second_factor:
        raise Forbidden("Sign in with a second factor.", code="second_factor_required")


def _as_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise _not_found() from None


def _not_found() -> NotFound:
    return NotFound("There is no such user.", code="user_not_found")
