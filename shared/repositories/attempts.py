"""Attempts as documents: the one place that knows how an attempt is stored."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.domain.attempt import Attempt, Status
from shared.domain.documents import to_document
from shared.domain.errors import AppError, NotFound
from shared.domain.recording_choice import RecordingChoice
from shared.ports.documents import Document, Documents, Filter, Transaction
from shared.repositories import recording_choices

_COLLECTION = "attempts"
_log = logging.getLogger(__name__)
_PAGE = 100


@cache
def _attempt() -> TypeAdapter[Attempt]:
    return TypeAdapter(Attempt)


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """`document` is the attempt as it is stored, `version` changes with every write."""

    attempt: Attempt
    document: Mapping[str, Any]
    version: str


class Attempts:
    """Raises what the documents port raises, and `NotFound` for an attempt that is not there."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def create(self, attempt: Attempt) -> None:
        """Raises `Conflict` if the id exists."""
        self._documents.create(_COLLECTION, attempt.id, to_document(attempt))

    def get(self, id: str) -> StoredAttempt:
        document = self._documents.get(_COLLECTION, id)
        if document is None:
            raise _not_found()
        return _stored(document)

    def update(self, id: str, transition: Callable[[Attempt], Attempt]) -> Attempt:
        """Apply a pure transition in one transaction; what it raises changes nothing."""
        return self._transact(id, lambda _, attempt: transition(attempt))

    def update_by_choice(
        self, id: str, transition: Callable[[Attempt, RecordingChoice | None], Attempt]
    ) -> Attempt:
        """As `update`, told in the same transaction what the learner chose about recordings."""
        return self._transact(
            id,
            lambda transaction, attempt: transition(
                attempt, recording_choices.read(transaction, attempt.user_id)
            ),
        )

    def delete(self, id: str) -> None:
        self._documents.delete(_COLLECTION, id)

    def of_user(self, user_id: str, *, before: str | None, limit: int) -> list[StoredAttempt]:
        """Newest first; `before` continues behind that attempt id."""
        documents = self._documents.query(
            _COLLECTION,
            [Filter("user_id", "==", user_id)],
            order_by="id",
            descending=True,
            after=before,
            limit=limit,
        )
        return [_stored(document) for document in documents]

    def latest_readings(self, user_id: str, *, limit: int) -> list[Attempt]:
        """The learner's attempts at reading aloud, whatever their status, newest first."""
        documents = self._documents.query(
            _COLLECTION,
            [Filter("user_id", "==", user_id), Filter("kind", "==", "read_aloud")],
            order_by="id",
            descending=True,
            limit=limit,
        )
        return _readable(documents)

    def every(self, after: str | None = None) -> Iterator[Attempt]:
        """All that can be read, the oldest first, behind the id `after`; a page at a time."""
        while documents := self._documents.query(_COLLECTION, after=after, limit=_PAGE):
            yield from _readable(documents)
            after = documents[-1].id

    def every_of_user(self, user_id: str) -> Iterator[Attempt]:
        """All of them, newest first, read a page at a time."""
        before = None
        while page := self.of_user(user_id, before=before, limit=_PAGE):
            yield from (stored.attempt for stored in page)
            before = page[-1].attempt.id

    def delete_of_user(self, user_id: str) -> None:
        """Remove all of them, readable or not. May be repeated."""
        mine = [Filter("user_id", "==", user_id)]
        while page := self._documents.query(_COLLECTION, mine, limit=_PAGE):
            for document in page:
                self._documents.delete(_COLLECTION, document.id)

    def count(self, status: Status, *, up_to: int) -> int:
        """How many are in that status, counted no further than `up_to`."""
        return self._documents.count(_COLLECTION, [Filter("status", "==", status)], up_to=up_to)

    def untouched_since(self, status: Status, timestamp: str, *, limit: int) -> list[Attempt]:
        """Attempts in that status not updated after `timestamp`, the longest untouched first."""
        documents = self._documents.query(
            _COLLECTION,
            [Filter("status", "==", status), Filter("updated_at", "<=", timestamp)],
            order_by="updated_at",
            limit=limit,
        )
        return _readable(documents)

    def kept_no_longer_than(self, timestamp: str, *, limit: int) -> list[Attempt]:
        """Attempts whose recordings were to be kept no longer than that, the earliest first."""
        documents = self._documents.query(
            _COLLECTION,
            [Filter("kept_until", "<=", timestamp)],
            order_by="kept_until",
            limit=limit,
        )
        return _readable(documents)

    def _transact(self, id: str, step: Callable[[Transaction, Attempt], Attempt]) -> Attempt:
        def work(transaction: Transaction) -> Attempt:
            document = transaction.get(_COLLECTION, id)
            if document is None:
                raise _not_found()
            attempt = step(transaction, _load(document.data))
            transaction.set(_COLLECTION, id, to_document(attempt))
            return attempt

        return self._documents.transact(work)


def _stored(document: Document) -> StoredAttempt:
    return StoredAttempt(_load(document.data), document.data, document.version)


def _readable(documents: Iterable[Document]) -> list[Attempt]:
    """Those that fit: one that does not must not hold up what is done for all others."""
    attempts = []
    for document in documents:
        try:
            attempts.append(_load(document.data))
        except AppError as error:
            _log.error("%s", error.detail, extra={"attempt_id": document.id})
    return attempts


def _load(data: dict[str, Any]) -> Attempt:
    try:
        return _attempt().validate_python(data)
    except ValidationError as error:
        places = [".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)]
        raise AppError(
            f"A stored attempt does not fit: {places}", code="document_invalid"
        ) from None


def _not_found() -> NotFound:
    return NotFound("There is no such attempt.", code="attempt_not_found")
