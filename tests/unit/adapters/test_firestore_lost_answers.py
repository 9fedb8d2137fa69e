"""Commits in Firestore whose answer is lost: applied or not, they have their effect once."""

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest

from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.domain.errors import Unavailable
from shared.ports.documents import Documents
from tests.fakes import firestore_server
from tests.fakes.clock import StillClock
from tests.fakes.firestore_server import Fault, FirestoreServer
from tests.fakes.transactions import Increment

AWAY = Fault(grpc.StatusCode.UNAVAILABLE)
LOST = pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.CANCELLED,
    ],
)
WRITES: dict[str, Callable[[Documents], object]] = {
    "create": lambda documents: documents.create("counters", "c", {"n": 5}),
    "blind set": lambda documents: documents.transact(
        lambda transaction: transaction.set("counters", "c", {"n": 5})
    ),
    "read absent": lambda documents: documents.transact(Increment()),
}


class Pauses:
    """Between two tries `meanwhile` happens, once."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def __call__(self, _: float) -> None:
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()


@pytest.fixture
def server() -> Iterator[FirestoreServer]:
    with firestore_server.running() as script:
        yield script


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def documents(server: FirestoreServer, pauses: Pauses) -> Documents:
    return FirestoreDocuments(server.client, StillClock(), sleep=pauses)


@pytest.fixture
def work(documents: Documents) -> Increment:
    """Beside a counter that is at ten."""
    documents.create("counters", "c", {"n": 10})
    return Increment()


def count(documents: Documents) -> Any:
    found = documents.get("counters", "c")
    return found and found.data["n"]


@LOST
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_what_was_applied_is_a_success(
    documents: Documents,
    server: FirestoreServer,
    code: grpc.StatusCode,
    write: Callable[[Documents], object],
) -> None:
    server.fail("Commit", Fault(code, applied=True))
    write(documents)
    assert len(server.calls("Commit")) == 1
    assert count(documents) in (1, 5)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_what_might_be_applied_twice_is_not_sent_again(
    documents: Documents, server: FirestoreServer, write: Callable[[Documents], object]
) -> None:
    server.fail("Commit", AWAY)
    with pytest.raises(Unavailable) as caught:
        write(documents)
    assert caught.value.code == "unavailable"
    assert len(server.calls("Commit")) == 1
    assert count(documents) is None


@LOST
def test_of_a_deletion_nothing_can_be_seen(
    documents: Documents, server: FirestoreServer, code: grpc.StatusCode, work: Increment
) -> None:
    server.fail("Commit", Fault(code, applied=True))
    with pytest.raises(Unavailable):
        documents.delete("counters", "c")
    assert count(documents) is None


def test_a_commit_on_condition_of_what_it_writes_is_sent_again(
    documents: Documents, server: FirestoreServer, work: Increment
) -> None:
    server.fail("Commit", AWAY, Fault(grpc.StatusCode.ABORTED), Fault(AWAY.code, applied=True))
    assert documents.transact(work) == 11
    assert (work.runs, count(documents)) == (1, 11)


def test_one_that_arrives_late_counts_once(
    documents: Documents, server: FirestoreServer, pauses: Pauses, work: Increment
) -> None:
    """Not there yet when it is looked for, and then faster than the second."""
    server.fail("Commit", AWAY)
    pauses.meanwhile = lambda: server.serve_late("Commit")
    assert documents.transact(work) == 11
    assert (work.runs, count(documents)) == (1, 11)


def test_whether_others_wrote_instead_or_afterwards_is_unknown(
    documents: Documents, server: FirestoreServer, pauses: Pauses, work: Increment
) -> None:
    """The work is not run again: it would count twice where it was applied."""
    server.fail("Commit", AWAY)
    pauses.meanwhile = lambda: documents.transact(
        lambda transaction: transaction.set("counters", "c", {"n": 20})
    )
    with pytest.raises(Unavailable) as caught:
        documents.transact(work)
    assert caught.value.code == "unavailable"
    assert (work.runs, count(documents)) == (1, 20)


def test_a_store_that_stays_away_is_given_up(
    documents: Documents, server: FirestoreServer, work: Increment
) -> None:
    server.fail("Commit", *[AWAY] * 50)
    with pytest.raises(Unavailable):
        documents.transact(work)
    assert len(server.calls("Commit")) == 5
    assert (work.runs, count(documents)) == (1, 10)
