"""What Firestore needs from every call and every try, which its emulator does not."""

from collections.abc import Iterator

import grpc
import pytest

from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.domain.errors import Conflict
from shared.ports.documents import Documents, Transaction
from tests.fakes import firestore_server
from tests.fakes.clock import StillClock
from tests.fakes.firestore_server import Fault, FirestoreServer

AWAY = Fault(grpc.StatusCode.UNAVAILABLE)


@pytest.fixture
def server() -> Iterator[FirestoreServer]:
    with firestore_server.running() as script:
        yield script


@pytest.fixture
def documents(server: FirestoreServer) -> FirestoreDocuments:
    return FirestoreDocuments(server.client, StillClock(), sleep=lambda _: None)


def test_a_transaction_that_a_read_ended_frees_what_it_had_read(
    documents: Documents, server: FirestoreServer
) -> None:
    """Else its lock stands in the way of the next try, until the server ends it a minute later."""

    def work(transaction: Transaction) -> None:
        transaction.get("counters", "a")
        if not server.calls("Rollback"):
            server.fail("BatchGetDocuments", AWAY)
        transaction.get("counters", "b")
        transaction.set("counters", "a", {})

    documents.transact(work)
    assert [request.transaction for request in server.calls("Rollback")] == [b"transaction 1"]
    assert [request.transaction for request in server.calls("Commit")] == [b"transaction 2"]


def test_every_call_names_its_database_as_the_servers_route_it(
    documents: Documents, server: FirestoreServer
) -> None:
    """Without it a database of another name than (default) is not found."""
    documents.query("keys")
    documents.count("keys")
    with pytest.raises(Conflict):
        documents.transact(lambda t: (t.create("keys", "a", {}), t.create("keys", "a", {})))
    documents.create("keys", "a", {})
    assert {name for name, _ in server.received} == {
        *("BatchGetDocuments", "RunQuery", "RunAggregationQuery", "Commit", "Rollback")
    }
    named = {metadata["google-cloud-resource-prefix"] for metadata in server.metadata}
    assert named == {"projects/demo/databases/(default)"}
