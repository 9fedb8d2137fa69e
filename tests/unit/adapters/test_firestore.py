"""What the documents in Firestore send, repeat and give up, against scripted answers."""

from collections.abc import Callable, Iterator

import grpc
import pytest

from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.adapters.gcp.firestore_transactions import ReadAfterWriteError
from shared.domain.errors import Conflict, Invalid, Unavailable
from shared.ports.documents import Documents, Transaction
from tests.fakes import firestore_server
from tests.fakes.clock import StillClock
from tests.fakes.firestore_server import Fault, FirestoreServer
from tests.fakes.transactions import Increment

ABORTED = Fault(grpc.StatusCode.ABORTED, "Too much contention on these documents.")
AWAY = Fault(grpc.StatusCode.UNAVAILABLE)


@pytest.fixture
def server() -> Iterator[FirestoreServer]:
    with firestore_server.running() as script:
        yield script


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def documents(server: FirestoreServer, pauses: list[float]) -> FirestoreDocuments:
    return FirestoreDocuments(server.client, StillClock(), sleep=pauses.append)


@pytest.mark.parametrize(
    "fault",
    [
        ABORTED,
        Fault(grpc.StatusCode.FAILED_PRECONDITION),
        Fault(grpc.StatusCode.ALREADY_EXISTS),
        Fault(grpc.StatusCode.NOT_FOUND),
    ],
    ids=lambda fault: fault.code.name,
)
def test_a_collision_runs_the_work_again(
    documents: Documents, server: FirestoreServer, fault: Fault
) -> None:
    server.fail("Commit", fault, fault, fault)
    work = Increment()
    assert documents.transact(work) == 1
    assert work.runs == 4
    assert documents.get("counters", "c").data == {"n": 1}


def test_each_pause_is_drawn_from_a_range_that_doubles(
    documents: Documents, server: FirestoreServer, pauses: list[float]
) -> None:
    server.fail("Commit", *[ABORTED] * 6)
    documents.transact(Increment())
    for tries, pause in enumerate(pauses, start=1):
        longest = min(2.0, 0.05 * 2**tries)
        assert longest / 2 <= pause <= longest
    assert len(pauses) == 6


def test_what_stays_contended_is_unavailable(documents: Documents, server: FirestoreServer) -> None:
    server.fail("Commit", *[ABORTED] * 50)
    work = Increment()
    with pytest.raises(Unavailable) as caught:
        documents.transact(work)
    assert caught.value.code == "contended"
    assert work.runs == 10
    assert documents.get("counters", "c") is None


@pytest.mark.parametrize("fault", [ABORTED, AWAY])
def test_a_read_that_fails_in_a_transaction_is_repeated(
    documents: Documents, server: FirestoreServer, fault: Fault
) -> None:
    server.fail("BatchGetDocuments", fault, fault)
    work = Increment()
    assert documents.transact(work) == 1
    assert work.runs == 1


def test_reads_are_repeated_while_the_store_is_away(
    documents: Documents, server: FirestoreServer
) -> None:
    documents.create("keys", "a", {"n": 1})
    for method, read in (
        ("BatchGetDocuments", lambda: documents.get("keys", "a")),
        ("RunQuery", lambda: documents.query("keys")[0]),
    ):
        server.fail(method, AWAY, Fault(grpc.StatusCode.INTERNAL), AWAY)
        assert read().data == {"n": 1}
        server.fail(method, *[AWAY] * 4)
        with pytest.raises(Unavailable):
            read()
        assert not server.faults[method]


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.UNIMPLEMENTED,
    ],
)
def test_a_refusal_is_told_at_once_and_logged(
    documents: Documents,
    server: FirestoreServer,
    code: grpc.StatusCode,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Unavailable all the same: an event waits until the operator has mended it."""
    calls: dict[str, Callable[[], object]] = {
        "BatchGetDocuments": lambda: documents.get("keys", "a"),
        "RunQuery": lambda: documents.query("keys"),
        "Commit": lambda: documents.delete("keys", "a"),
    }
    for method, call in calls.items():
        server.fail(method, Fault(code, "secret words"))
        with pytest.raises(Unavailable):
            call()
    assert len(server.received) == 3
    assert len(caplog.records) == 3
    assert "secret words" not in caplog.text


def test_what_firestore_will_not_store_is_invalid_and_not_quoted(
    documents: Documents, server: FirestoreServer
) -> None:
    server.fail("Commit", Fault(grpc.StatusCode.INVALID_ARGUMENT, "what a learner said"))
    with pytest.raises(Invalid) as caught:
        documents.create("keys", "a", {"n": 1})
    assert caught.value.code == "document_refused"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_every_call_has_a_time_limit_of_seconds(
    documents: Documents, server: FirestoreServer
) -> None:
    documents.create("keys", "a", {})
    documents.query("keys")
    with pytest.raises(Conflict):
        documents.transact(lambda t: t.create("keys", "a", {}))
    assert {name for name, _ in server.received} == {*("BatchGetDocuments", "RunQuery", "Commit")}
    assert all(0 < limit < 5 for limit in server.time_limits_s)


def test_a_store_that_does_not_answer_is_given_up(server: FirestoreServer) -> None:
    server.fail("BatchGetDocuments", Fault(grpc.StatusCode.UNKNOWN, hangs=True))
    with pytest.raises(Unavailable):
        FirestoreDocuments(server.client, StillClock(), timeout_s=0.2).get("keys", "a")


def test_no_call_begins_after_the_time_is_over(server: FirestoreServer) -> None:
    late = FirestoreDocuments(server.client, StillClock(), timeout_s=0)
    with pytest.raises(Unavailable):
        late.transact(Increment())
    assert server.received == []


def test_writing_alone_costs_one_call(documents: Documents, server: FirestoreServer) -> None:
    documents.create("keys", "a", {"n": 1})
    documents.transact(lambda t: t.set("keys", "a", {"n": 2}))
    documents.delete("keys", "a")
    assert [name for name, _ in server.received] == ["Commit"] * 3


def test_reading_after_writing_is_an_error_of_the_code(documents: Documents) -> None:
    def work(transaction: Transaction) -> None:
        transaction.set("keys", "a", {})
        transaction.get("keys", "b")

    with pytest.raises(ReadAfterWriteError):
        documents.transact(work)
