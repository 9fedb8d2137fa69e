"""What Firestore needs from every call and every try, which its emulator does not."""

from collections.abc import Iterator

import pytest

from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.domain.errors import Conflict
from shared.ports.documents import Documents, Transaction
from tests.fakes import firestore_server
from tests.fakes.clock import StillClock
from tests.fakes.firestore_server import FirestoreServer


@pytest.fixture
def server() -> Iterator[FirestoreServer]:
    with firestore_server.running() as script:
        yield script


@pytest.fixture
def documents(server: FirestoreServer) -> FirestoreDocuments:
    return FirestoreDocuments(server.client, StillClock(), sleep=lambda _: None)


def test_no_transaction_is_begun_that_a_killed_writer_would_leave_open(
    documents: Documents, server: FirestoreServer
) -> None:
    """Its locks would stand in everybody's way, until the server ends it a minute later."""

    def work(transaction: Transaction) -> None:
        for name in "abc":
            transaction.get("counters", name)
        transaction.set("counters", "a", {})

    documents.transact(work)
    assert [name for name, _ in server.received] == [*["BatchGetDocuments"] * 3, "Commit"]
    for request in server.calls("BatchGetDocuments"):
        assert request.WhichOneof("consistency_selector") in (None, "read_time")
    (commit,) = server.calls("Commit")
    assert commit.transaction == b""


def test_all_reads_of_a_transaction_are_of_the_moment_of_the_first(
    documents: Documents, server: FirestoreServer
) -> None:
    documents.transact(lambda t: [t.get("counters", name) for name in "abca"])
    first, second, third = server.calls("BatchGetDocuments")
    assert not first.HasField("read_time")
    assert second.read_time == third.read_time
    assert second.read_time.ToNanoseconds() > 0
    assert server.calls("Commit") == []


def test_what_was_read_is_a_condition_of_the_commit(
    documents: Documents, server: FirestoreServer
) -> None:
    """Written or not, there or not: and what was only read is left as it is."""
    for name in ("read", "set", "deleted"):
        documents.create("c", name, {"n": name})
    before = {name.rpartition("/")[2]: found for name, found in server.documents.items()}

    def work(transaction: Transaction) -> None:
        for name in ("read", "set", "deleted", "absent", "made"):
            transaction.get("c", name)
        transaction.set("c", "set", {})
        transaction.delete("c", "deleted")
        transaction.create("c", "made", {})
        transaction.set("c", "blind", {})

    documents.transact(work)
    writes = {
        (write.update.name or write.delete).rpartition("/")[2]: write
        for write in server.calls("Commit")[-1].writes
    }
    assert writes.keys() == {"read", "set", "deleted", "absent", "made", "blind"}
    for name in ("read", "set", "deleted"):
        assert writes[name].current_document.update_time == before[name].update_time
    for name in ("absent", "made"):
        assert writes[name].current_document.WhichOneof("condition_type") == "exists"
        assert not writes[name].current_document.exists
    assert not writes["blind"].HasField("current_document")
    assert writes["read"].HasField("update_mask")
    assert not writes["read"].update_mask.field_paths
    assert {d.id for d in documents.query("c")} == {"read", "set", "made", "blind"}
    assert documents.get("c", "read").data == {"n": "read"}


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
        *("BatchGetDocuments", "RunQuery", "RunAggregationQuery", "Commit")
    }
    named = {metadata["google-cloud-resource-prefix"] for metadata in server.metadata}
    assert named == {"projects/demo/databases/(default)"}
