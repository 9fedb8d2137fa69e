"""The four calls of the Firestore API behind documents, each within a deadline.

https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1

The SDK's own retries stay off: they last minutes, and repeat a commit whose answer was lost
without looking whether it was applied.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore_v1.services.firestore.client import FirestoreClient
from google.cloud.firestore_v1.types import firestore, query, write

from shared.adapters.gcp import firestore_commits as commits
from shared.domain.errors import AppError, Conflict, Invalid, TooLarge, Unavailable

T = TypeVar("T")
_log = logging.getLogger(__name__)

WriteMessage = write.Write.pb()
_BatchGetRequest = firestore.BatchGetDocumentsRequest.pb()
_CommitRequest = firestore.CommitRequest.pb()
_RESPONSE = firestore.BatchGetDocumentsResponse.pb
_ROW = firestore.RunQueryResponse.pb
_TRIES: Final = 4
_LONGEST_TRY_S: Final = 4.0
_MAX_DOCUMENT_BYTES: Final = 1024 * 1024
_PASSING: Final = (
    exceptions.Aborted,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.ResourceExhausted,
    exceptions.ServiceUnavailable,
)
# Whether the call took effect cannot be told by the error.
_LOST: Final = (
    exceptions.Cancelled,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.ServiceUnavailable,
    exceptions.Unknown,
)
_UNMET: Final = exceptions.AlreadyExists, exceptions.FailedPrecondition, exceptions.NotFound
_FAILURES: Final = (exceptions.GoogleAPICallError, GoogleAuthError)


class NotAppliedError(Exception):
    """Other writers came first: a transaction had no effect, and may be run again."""


@dataclass(frozen=True, slots=True)
class Client:
    """The generated client, and the database by its resource name."""

    api: FirestoreClient
    database: str

    def name(self, collection: str, id: str) -> str:
        return f"{self.database}/documents/{collection}/{id}"


class Deadline:
    """Until when a call of the port may last."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left_s(self) -> float:
        return self._end - time.monotonic()

    def next_try_s(self) -> float:
        """Raises `Unavailable` when no time is left."""
        left = self.left_s()
        if left <= 0:
            raise Unavailable("The documents did not answer in time.")
        return min(left, _LONGEST_TRY_S)


class Calls:
    """Raises `Unavailable`, `Conflict`, `Invalid` and `TooLarge`, never an error of the SDK."""

    def __init__(self, client: Client, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._api = client.api
        # Without the header Firestore finds no database but (default).
        header = ("google-cloud-resource-prefix", client.database)
        self._terms: dict[str, Any] = {"retry": None, "metadata": [header]}
        self._sleep = sleep

    def document(self, name: str, deadline: Deadline, read_time: Any = None) -> tuple[Any, Any]:  # noqa: ANN401
        """The document's message or None, and of when that is.

        It is of `read_time`, a moment of the last hour that was answered here, or of now.
        """
        message = _BatchGetRequest(
            database=self._client.database, documents=[name], read_time=read_time
        )
        request = firestore.BatchGetDocumentsRequest.wrap(message)
        return self._repeated(lambda s: self._batch_get(request, s), deadline)

    def count(self, structured: query.StructuredQuery, deadline: Deadline) -> int:
        """How many documents there are, up to the query's limit."""
        aggregation = query.StructuredAggregationQuery.Aggregation
        counted = query.StructuredAggregationQuery(
            structured_query=structured,
            aggregations=[aggregation(alias="count", count=aggregation.Count())],
        )
        request = firestore.RunAggregationQueryRequest(
            parent=f"{self._client.database}/documents", structured_aggregation_query=counted
        )

        def run(timeout_s: float) -> int:
            rows = self._api.run_aggregation_query(
                request=request, timeout=timeout_s, **self._terms
            )
            return sum(int(row.result.aggregate_fields["count"].integer_value) for row in rows)

        return self._repeated(run, deadline)

    def rows(self, structured: query.StructuredQuery, deadline: Deadline) -> list[Any]:
        """The messages of the documents found, in order."""
        request = firestore.RunQueryRequest(
            parent=f"{self._client.database}/documents", structured_query=structured
        )

        def run(timeout_s: float) -> list[Any]:
            rows = self._api.run_query(request=request, timeout=timeout_s, **self._terms)
            return [row.document for row in map(_ROW, rows) if row.HasField("document")]

        return self._repeated(run, deadline)

    def commit(self, writes: Sequence[Any], deadline: Deadline, *, has_read: bool) -> None:
        """Apply all writes or none, once.

        When its answer is lost, a document of it that is there as written tells that it was
        applied. When none is, it is sent again if its own success would keep it from being applied
        a second time, and else whether it was applied is unknown: that is `Unavailable`.

        Raises `NotAppliedError` when other writers kept it from being applied; an unmet condition
        says so if the transaction `has_read`, and else that an id exists.
        """
        message = _CommitRequest(database=self._client.database, writes=writes)
        request = firestore.CommitRequest.wrap(message)
        is_lost = False
        for tries in range(1, _TRIES + 1):
            try:
                self._api.commit(request=request, timeout=deadline.next_try_s(), **self._terms)
            except _FAILURES as error:
                if not is_lost and not isinstance(error, _LOST):
                    self._not_applied(error, writes, has_read=has_read)
                is_lost = True
                mark = commits.mark(writes)
                if mark is not None and self._is_there(mark, deadline):
                    return
                wait_s = backoff_s(tries)
                hopeless = not isinstance(error, _PASSING) or tries == _TRIES
                if hopeless or not commits.is_guarded(mark) or deadline.left_s() <= wait_s:
                    raise Unavailable("The documents could not be reached.") from _shown(error)
                self._sleep(wait_s)
            else:
                return

    def _not_applied(self, error: Exception, writes: Sequence[Any], *, has_read: bool) -> NoReturn:
        if isinstance(error, exceptions.Aborted) or (has_read and isinstance(error, _UNMET)):
            raise NotAppliedError from error
        refused = exceptions.InvalidArgument, exceptions.ResourceExhausted
        if isinstance(error, refused) and any(
            one.ByteSize() > _MAX_DOCUMENT_BYTES for one in writes
        ):
            raise TooLarge(
                "A document may have at most 1 MiB.", code="document_too_large"
            ) from _shown(error)
        raise _translated(error) from _shown(error)

    def _is_there(self, mark: Any, deadline: Deadline) -> bool:  # noqa: ANN401
        found, _ = self.document(mark.update.name, deadline)
        return found is not None and commits.is_as_written(found, mark)

    def _batch_get(
        self, request: firestore.BatchGetDocumentsRequest, timeout_s: float
    ) -> tuple[Any, Any]:
        rows = self._api.batch_get_documents(request=request, timeout=timeout_s, **self._terms)
        answers = [row for row in map(_RESPONSE, rows) if row.WhichOneof("result") is not None]
        for answer in answers:
            return answer.found if answer.HasField("found") else None, answer.read_time
        raise exceptions.ServiceUnavailable("no answer")  # type: ignore[no-untyped-call]

    def _repeated(self, call: Callable[[float], T], deadline: Deadline) -> T:
        """Reads are repeated while that may help."""
        for tries in range(1, _TRIES + 1):
            try:
                return call(deadline.next_try_s())
            except _FAILURES as error:
                wait_s = backoff_s(tries)
                hopeless = not isinstance(error, _PASSING) or tries == _TRIES
                if hopeless or deadline.left_s() <= wait_s:
                    raise _translated(error) from _shown(error)
                self._sleep(wait_s)
        raise AssertionError("the last try answers or raises")


def backoff_s(tries: int) -> float:
    # Jitter parts those who collided.
    return random.uniform(0.5, 1.0) * min(2.0, 0.05 * 2.0**tries)  # noqa: S311


def _translated(error: Exception) -> AppError:
    if isinstance(error, exceptions.AlreadyExists):
        return Conflict("A document with this id exists.", code="already_exists")
    if isinstance(error, exceptions.InvalidArgument):
        return Invalid("The document holds what cannot be stored.", code="document_refused")
    if not isinstance(error, _PASSING):
        # A missing permission, database or index: retryable, so that no event is lost meanwhile.
        _log.error("Firestore refused a call", extra={"error": type(error).__name__})
    return Unavailable("The documents could not be reached.")


def _shown(error: Exception) -> Exception | None:
    """The cause to keep; what refuses an argument may quote it."""
    return None if isinstance(error, exceptions.InvalidArgument) else error
