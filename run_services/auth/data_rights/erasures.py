"""Erasure of an account, such that no crash loses it and no restored backup undoes it.

The ledger names everyone who was erased, outside the database. An event has every store emptied
at once; a second one, when the last access token has ended, removes what was written meanwhile.
"""

import json
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from run_services.auth.recent import require_recent
from shared.domain.data_rights import (
    LEDGER,
    TOKENS_END_AFTER,
    Erasure,
    ledger_object,
)
from shared.domain.documents import to_document
from shared.domain.errors import RateLimited, Unauthenticated
from shared.domain.events import ACCOUNT_ERASED, AccountErased
from shared.domain.identity import Principal
from shared.domain.times import moment, timestamp
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.events import Events
from shared.ports.objects import ObjectInfo, WritableObjects
from shared.repositories.accounts.audit import ERASED, AuditLog
from shared.repositories.accounts.erasures import Erasures
from shared.repositories.accounts.users import Users
from shared.repositories.rate_limits import Rate, RateLimits

if TYPE_CHECKING:
    import sqlalchemy as sa

_BATCH = 500
_ANNOUNCE_EVERY = timedelta(minutes=15)


class AccountErasures:
    def __init__(
        self,
        database: Database,
        ledger: WritableObjects,
        events: Events,
        rates: RateLimits,
        clock: Clock,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._events = events
        self._rates = rates
        self._clock = clock
        self._erasures = Erasures()
        self._audit = AuditLog(clock)

    def request(self, principal: Principal) -> Erasure:
        """Erase the caller's account; a repeat is answered the same.

        Raises `Forbidden` (code `reauthentication_required`) unless they signed in just now. The
        ledger is written before the database commits: an entry whose erasure a crash has undone
        stands for a request that `reapply` carries out.
        """
        require_recent(principal, self._clock)
        erasure = self._known(principal.id) or Erasure(principal.id, self._clock.now())
        # Not while a transaction is held: the ledger's store may need the same database.
        self._enter(erasure)
        with self._database.transaction() as connection:
            if Users().get(connection, principal.id, lock=True) is not None:
                erasure = self._apply(connection, erasure)
            else:
                erasure = self._erasures.get(connection, principal.id) or erasure
        if erasure.finished_at is None:
            self._announce(erasure.user_id)
        return erasure

    def _known(self, user_id: str) -> Erasure | None:
        """The erasure of a user who is gone; None for one who is here."""
        with self._database.transaction() as connection:
            if Users().get(connection, user_id) is not None:
                return None
            erasure = self._erasures.get(connection, user_id)
        if erasure is None:
            raise Unauthenticated("This account is gone.")
        return erasure

    def report_finished(self, user_id: str) -> None:
        """Every store has been emptied; that ends the erasure unless a token may still be alive."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            erasure = self._erasures.get(connection, user_id)
            if erasure is not None and erasure.requested_at <= now - TOKENS_END_AFTER:
                self._erasures.finish(connection, user_id, now)

    def sweep(self) -> None:
        """Announce what is unfinished though the last token has ended, every quarter of an hour."""
        with self._database.transaction() as connection:
            due = self._erasures.unfinished(
                connection, requested_before=self._clock.now() - TOKENS_END_AFTER, limit=_BATCH
            )
        for erasure in due:
            with suppress(RateLimited):
                self._rates.take(Rate(f"erasure {erasure.user_id}", 1, _ANNOUNCE_EVERY))
                self._announce(erasure.user_id)

    def reapply(self, *, every: bool = False) -> int:
        """Erase again whom the ledger names and a restored backup brought back; how many.

        With `every`, all whom it names are announced again, for stores restored by themselves.
        """
        entries = iter(self._ledger.under(LEDGER))
        applied = 0
        while batch := list(islice(entries, _BATCH)):
            listed = {e.name.removeprefix(LEDGER).removesuffix(".json"): e for e in batch}
            with self._database.transaction() as connection:
                todo = self._erasures.unapplied(connection, list(listed))
            for user_id in listed if every else todo:
                self._apply_again(listed[user_id])
                applied += 1
        return applied

    def _apply_again(self, entry: ObjectInfo) -> None:
        listed = json.loads(self._ledger.read(entry.name, entry.generation))
        erasure = Erasure(listed["user_id"], moment(listed["requested_at"]))
        with self._database.transaction() as connection:
            self._apply(connection, erasure)
        self._announce(erasure.user_id)

    def _apply(self, connection: "sa.Connection", erasure: Erasure) -> Erasure:
        known = Users().get(connection, erasure.user_id) is not None
        applied = self._erasures.apply(connection, erasure)
        self._audit.forget(connection, erasure.user_id)
        if known:
            self._audit.record(connection, "account_erased", actor_id=ERASED)
        return applied

    def _enter(self, erasure: Erasure) -> None:
        name = ledger_object(erasure.user_id)
        entry = {"user_id": erasure.user_id, "requested_at": timestamp(erasure.requested_at)}
        # An entry is never changed.
        if self._ledger.stat(name) is None:
            self._ledger.write(name, json.dumps(entry).encode(), "application/json")

    def _announce(self, user_id: str) -> None:
        self._events.publish(ACCOUNT_ERASED, to_document(AccountErased(user_id)))
