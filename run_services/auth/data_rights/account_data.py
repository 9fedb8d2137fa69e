"""The auth service's own part of an export, and of an erasure."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from run_services.auth.views import user_document
from shared.domain.data_rights import Export, exports_of
from shared.domain.errors import NotFound
from shared.domain.times import timestamp
from shared.domain.user import MailLink, Session, User
from shared.ports.database import Database
from shared.ports.objects import WritableObjects
from shared.repositories.accounts.audit import AuditEntry, AuditLog
from shared.repositories.accounts.exports import Exports
from shared.repositories.accounts.identities import Identities, Identity
from shared.repositories.accounts.mail_links import MailLinks
from shared.repositories.accounts.sessions import SessionStore
from shared.repositories.accounts.users import Users
from shared.repositories.idempotency import IdempotencyKeys
from shared.repositories.recording_choices import RecordingChoices

_PAGE = 200


class AccountData:
    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        files: WritableObjects,
        keys: IdempotencyKeys,
        choices: RecordingChoices,
    ) -> None:
        self._database = database
        self._audit = audit
        self._files = files
        self._keys = keys
        self._choices = choices

    def export(self, user_id: str) -> dict[str, Any]:
        """Everything held about the user, but nothing one could sign in with.

        Raises `NotFound` when there is no such user (any more).
        """
        with self._database.transaction() as connection:
            user = Users().get(connection, user_id)
            if user is None:
                raise NotFound("There is no such user.", code="user_not_found")
            return {
                "user": _user(user),
                "sessions": [_plain(s) for s in SessionStore().of_user(connection, user_id)],
                "links": [_link(li) for li in MailLinks().of_user(connection, user_id)],
                "identities": [_plain(i) for i in Identities().of_user(connection, user_id)],
                "exports": [_plain(e) for e in Exports().of_user(connection, user_id)],
                "audit_log": [_plain(e) for e in self._entries(connection, user_id)],
            }

    def erase(self, user_id: str) -> None:
        """Remove what outlives the account. May be repeated.

        That is exports, kept answers and the choice about recordings, and the id in what the
        audit log was told meanwhile.
        """
        with self._database.transaction() as connection:
            if Users().get(connection, user_id) is None:
                self._audit.forget(connection, user_id)
        for info in self._files.under(exports_of(user_id)):
            self._files.delete(info.name)
        self._keys.forget(user_id)
        self._choices.forget(user_id)

    def _entries(self, connection: sa.Connection, user_id: str) -> Iterator[AuditEntry]:
        before = None
        while page := self._audit.newest(connection, user_id=user_id, before=before, limit=_PAGE):
            yield from page
            before = page[-1].id


def _user(user: User) -> dict[str, Any]:
    document = {**user_document(user), "disabled": user.disabled_at is not None}
    if user.last_login_at is not None:
        document["last_login_at"] = timestamp(user.last_login_at)
    return document


def _link(link: MailLink) -> dict[str, Any]:
    document = {"purpose": link.purpose, "expires_at": timestamp(link.expires_at)}
    if link.new_email is not None:
        document["new_email"] = link.new_email
    return document


def _plain(record: Session | Identity | Export | AuditEntry) -> dict[str, Any]:
    """The record's known fields, times as text."""
    return {
        name: timestamp(value) if isinstance(value, datetime) else value
        for name, value in asdict(record).items()
        if value is not None
    }
