"""Exports: asked for here, put together by the function account_exporter, downloaded by a link."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.data_rights import EXPORT_WITHIN, Export, ExportStatus, export_object
from shared.domain.documents import to_document
from shared.domain.errors import Conflict, NotFound, RateLimited, Unauthenticated
from shared.domain.events import ACCOUNT_EXPORT_REQUESTED, AccountExportRequested
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.events import Events
from shared.ports.objects import WritableObjects
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.exports import Exports
from shared.repositories.accounts.users import Users
from shared.repositories.rate_limits import Rate, RateLimits

_DOWNLOAD_FOR = timedelta(minutes=15)
_ANNOUNCE_EVERY = timedelta(minutes=15)
_BATCH = 500
_FILENAME = "rostrum-export.zip"


@dataclass(frozen=True, slots=True)
class Download:
    url: str
    expires_at: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as its user sees it; a ready one whose file was removed has no download."""

    export: Export
    download: Download | None = None


class AccountExports:
    def __init__(
        self,
        database: Database,
        files: WritableObjects,
        events: Events,
        rates: RateLimits,
        clock: Clock,
    ) -> None:
        self._database = database
        self._files = files
        self._events = events
        self._rates = rates
        self._clock = clock
        self._exports = Exports()
        self._audit = AuditLog(clock)

    def request(self, user_id: str) -> ExportView:
        """A new export. Raises `Conflict` (code `export_pending`) while another is being made."""
        now = self._clock.now()
        export = Export(self._clock.new_id(), user_id, "pending", now)
        with self._database.transaction() as connection:
            if Users().get(connection, user_id, lock=True) is None:
                raise Unauthenticated("This account is gone.")
            earlier = self._exports.of_user(connection, user_id)
            if any(self._seen(one).status == "pending" for one in earlier):
                raise Conflict("Your last export is still being made.", code="export_pending")
            self._exports.add(connection, export)
            self._audit.record(connection, "export_requested", actor_id=user_id, subject_id=user_id)
        self._announce(export)
        return ExportView(export)

    def sweep(self) -> None:
        """Announce what has been pending for a quarter of an hour, and again after each such.

        Its announcement may have been lost when a process ended.
        """
        now = self._clock.now()
        with self._database.transaction() as connection:
            due = self._exports.pending(
                connection, since=now - EXPORT_WITHIN, until=now - _ANNOUNCE_EVERY, limit=_BATCH
            )
        for export in due:
            with suppress(RateLimited):
                self._rates.take(Rate(f"export {export.id}", 1, _ANNOUNCE_EVERY))
                self._announce(export)

    def get(self, user_id: str, export_id: str) -> ExportView:
        """The export, with a fresh link where there is a file. Raises `NotFound`."""
        with self._database.transaction() as connection:
            export = self._exports.get(connection, user_id, export_id)
        if export is None:
            raise _not_found()
        export = self._seen(export)
        name = export_object(user_id, export.id)
        file = self._files.stat(name) if export.status == "ready" else None
        if file is None:
            return ExportView(export)
        expires_at = self._clock.now() + _DOWNLOAD_FOR
        url = self._files.signed_download(name, expires_at=expires_at, filename=_FILENAME)
        return ExportView(export, Download(url, expires_at, file.size))

    def report(self, user_id: str, export_id: str, status: ExportStatus, size: int | None) -> None:
        """Note how it ended. Raises `NotFound` when its user was erased meanwhile."""
        with self._database.transaction() as connection:
            export = self._exports.get(connection, user_id, export_id)
            if export is None:
                raise _not_found()
            self._exports.finish(connection, export, status, size, self._clock.now())

    def _announce(self, export: Export) -> None:
        event = AccountExportRequested(export.id, export.user_id)
        self._events.publish(ACCOUNT_EXPORT_REQUESTED, to_document(event))

    def _seen(self, export: Export) -> Export:
        """One that has been pending for too long has failed, though nobody could say so."""
        given_up = self._clock.now() - EXPORT_WITHIN
        if export.status == "pending" and export.requested_at < given_up:
            return replace(export, status="failed")
        return export


def _not_found() -> NotFound:
    return NotFound("There is no such export.", code="export_not_found")
