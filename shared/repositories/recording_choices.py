"""The learners' choices about recordings as documents, one a learner, by their id."""

from dataclasses import replace
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter

from shared.domain.documents import to_document
from shared.domain.recording_choice import RecordingChoice
from shared.domain.times import timestamp
from shared.ports.documents import Documents, Filter, Transaction

_COLLECTION = "recording_choices"


@cache
def _choice() -> TypeAdapter[RecordingChoice]:
    return TypeAdapter(RecordingChoice)


class RecordingChoices:
    """Raises what the documents port raises. Every change may be repeated."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, user_id: str) -> RecordingChoice | None:
        found = self._documents.get(_COLLECTION, user_id)
        return _choice().validate_python(found.data) if found else None

    def allow(self, user_id: str, at: datetime) -> None:
        """Recordings may be kept from `at` on, unless something was chosen later than that."""

        def work(transaction: Transaction) -> None:
            now = read(transaction, user_id)
            if now is None or (not now.keep and now.since <= timestamp(at)):
                withdrawn_at = now.withdrawn_at if now else None
                _write(transaction, RecordingChoice(user_id, True, timestamp(at), withdrawn_at))

        self._documents.transact(work)

    def withdraw(self, user_id: str, at: datetime) -> None:
        """None is kept any more, and what has been is to be removed."""
        choice = RecordingChoice(user_id, False, timestamp(at), timestamp(at))
        self._documents.transact(lambda transaction: _write(transaction, choice))

    def withdrawn(self, until: datetime, *, limit: int) -> list[RecordingChoice]:
        """Withdrawals whose recordings are still to be removed, the oldest first."""
        found = self._documents.query(
            _COLLECTION,
            [Filter("withdrawn_at", "<=", timestamp(until))],
            order_by="withdrawn_at",
            limit=limit,
        )
        return [_choice().validate_python(document.data) for document in found]

    def removed(self, choice: RecordingChoice) -> None:
        """What was kept before that withdrawal is gone; a later one stands."""

        def work(transaction: Transaction) -> None:
            now = read(transaction, choice.user_id)
            if now is not None and now.withdrawn_at == choice.withdrawn_at:
                _write(transaction, replace(now, withdrawn_at=None))

        self._documents.transact(work)

    def forget(self, user_id: str) -> None:
        self._documents.delete(_COLLECTION, user_id)


def read(transaction: Transaction, user_id: str) -> RecordingChoice | None:
    """As `RecordingChoices.get`, within a transaction."""
    found = transaction.get(_COLLECTION, user_id)
    return _choice().validate_python(found.data) if found else None


def _write(transaction: Transaction, choice: RecordingChoice) -> None:
    transaction.set(_COLLECTION, choice.user_id, to_document(choice))
