"""Documents in Firestore.

https://firebase.google.com/docs/firestore/transaction-data-contention
https://firebase.google.com/docs/firestore/ttl
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any, Final, TypeVar

from google.cloud.firestore_v1.services.firestore.client import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport

from shared.adapters.gcp import firestore_emulator, own_identity
from shared.adapters.gcp.firestore_calls import (
    Calls,
    Client,
    Deadline,
    NotAppliedError,
    backoff_s,
)
from shared.adapters.gcp.firestore_indexes import Indexes
from shared.adapters.gcp.firestore_queries import PagedQuery
from shared.adapters.gcp.firestore_transactions import FirestoreTransaction, document
from shared.adapters.gcp.firestore_values import is_live, legal_id
from shared.domain.errors import Conflict, Unavailable
from shared.ports.clock import Clock
from shared.ports.documents import Document, Filter, Transaction

T = TypeVar("T")

_TRIES: Final = 10
# A document is at most 1 MiB, so the SDK's bound on messages only gets in the way. A connection
# that died while an instance was throttled is noticed by the pings.
_CHANNEL_OPTIONS: Final = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]


@cache
@own_identity.needed()
def build_client(project: str, database: str, *, emulator_host: str | None = None) -> Client:
    """One client and channel for all who name the same database.

    With `emulator_host` it speaks to the emulator there, without credentials; otherwise with the
    deployable's own identity.
    """
    if emulator_host is None:
        channel = FirestoreGrpcTransport.create_channel(
            f"{FirestoreClient.DEFAULT_ENDPOINT}:443", options=_CHANNEL_OPTIONS
        )
    else:
        channel = firestore_emulator.channel(emulator_host, _CHANNEL_OPTIONS)
    api = FirestoreClient(transport=FirestoreGrpcTransport(channel=channel))
    return Client(api, f"projects/{project}/databases/{database}")


class FirestoreDocuments:
    """The documents port over Firestore in native mode; every call ends within `timeout_s`.

    With `indexes`, a query that production would refuse for want of an index raises
    `MissingIndexError`: the emulator answers it.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        indexes: Indexes | None = None,
        *,
        timeout_s: float = 10.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._calls = Calls(client, sleep)
        self._clock = clock
        self._indexes = indexes
        self._timeout_s = timeout_s
        self._sleep = sleep

    def get(self, collection: str, id: str) -> Document | None:
        if not legal_id(id):
            return None
        name = self._client.name(collection, id)
        found, _ = self._calls.document(name, Deadline(self._timeout_s))
        return document(found) if found is not None and is_live(found, self._clock.now()) else None

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        try:
            self._run(lambda transaction: transaction.insert(collection, id, data, expires_at))
        except Conflict:
            if self.get(collection, id) is not None:
                raise
            # What holds the id has expired, or went away just now.
            self._run(lambda transaction: transaction.create(collection, id, data, expires_at))

    def delete(self, collection: str, id: str) -> None:
        self._run(lambda transaction: transaction.delete(collection, id))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """See the port.

        A commit whose answer was lost, and of which nothing shows that it was applied, may have
        been: it is `Unavailable`, and `work` is not run again.
        """
        return self._run(work)

    def query(
        self,
        collection: str,
        filters: Sequence[Filter] = (),
        *,
        order_by: str = "id",
        descending: bool = False,
        after: str | int | float | None = None,
        limit: int = 100,
    ) -> list[Document]:
        if self._indexes is not None:
            self._indexes.check(collection, filters, order_by, descending=descending)
        now, deadline = self._clock.now(), Deadline(self._timeout_s)
        pages = PagedQuery(self._client, collection, filters, order_by, descending=descending)
        cursor = pages.behind(after)
        found: list[Document] = []
        while (missing := limit - len(found)) > 0:
            rows = self._calls.rows(pages.page(cursor, missing), deadline)
            found += [document(row) for row in rows if is_live(row, now) and pages.matches(row)]
            if len(rows) < missing:
                break
            cursor = pages.behind_row(rows[-1])
        return found

    def count(self, collection: str, filters: Sequence[Filter] = (), *, up_to: int = 10_000) -> int:
        if self._indexes is not None:
            self._indexes.check(collection, filters, "id")
        matching = PagedQuery(self._client, collection, filters, "id", descending=False)
        return self._calls.count(matching.page([], up_to), Deadline(self._timeout_s))

    def _run(self, work: Callable[[FirestoreTransaction], T]) -> T:
        deadline = Deadline(self._timeout_s)
        for tries in count(1):
            transaction = FirestoreTransaction(
                self._client, self._calls, self._clock.now(), deadline
            )
            try:
                answer = work(transaction)
                transaction.commit()
            except NotAppliedError as collision:
                wait_s = backoff_s(tries)
                if tries == _TRIES or deadline.left_s() <= wait_s:
                    raise Unavailable("Too many writers at once.", code="contended") from collision
                self._sleep(wait_s)
            else:
                return answer
        raise AssertionError("a try answers or raises")
