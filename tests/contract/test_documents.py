"""What every documents adapter owes its callers."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.database import connect
from shared.adapters.embedded.documents import PostgresDocuments
from shared.domain.errors import Conflict, Unavailable
from shared.ports.documents import Documents, Filter, Transaction


@pytest.fixture(params=["postgres"])
def documents(database: sa.Engine) -> Documents:
    return PostgresDocuments(database, SystemClock())


def test_get_answers_what_was_created(documents: Documents) -> None:
    data = {"text": "grüß dich", "n": 1.5, "flag": True, "list": [{"a": [1]}], "none": None}
    documents.create("attempts", "a", data)
    found = documents.get("attempts", "a")
    assert found is not None
    assert (found.id, found.data) == ("a", data)


def test_absent_document_is_none(documents: Documents) -> None:
    assert documents.get("attempts", "nothing") is None


def test_collections_are_separate(documents: Documents) -> None:
    documents.create("attempts", "a", {"n": 1})
    documents.create("progress", "a", {"n": 2})
    documents.delete("attempts", "a")
    assert documents.get("attempts", "a") is None
    assert documents.get("progress", "a").data == {"n": 2}


def test_create_refuses_an_existing_id(documents: Documents) -> None:
    documents.create("attempts", "a", {"n": 1})
    with pytest.raises(Conflict):
        documents.create("attempts", "a", {"n": 2})
    assert documents.get("attempts", "a").data == {"n": 1}


def test_of_many_creators_one_wins(documents: Documents) -> None:
    barrier = threading.Barrier(8)

    def create(n: int) -> bool:
        barrier.wait()
        try:
            documents.create("attempts", "a", {"n": n})
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(create, range(8)))
    assert sum(wins) == 1
    assert documents.get("attempts", "a").data == {"n": wins.index(True)}


def test_version_changes_with_every_write_and_never_repeats(documents: Documents) -> None:
    versions = set()
    for n in range(3):
        documents.transact(lambda t, n=n: t.set("attempts", "a", {"n": n}))
        versions.add(documents.get("attempts", "a").version)
    documents.delete("attempts", "a")
    documents.create("attempts", "a", {"n": 0})
    versions.add(documents.get("attempts", "a").version)
    assert len(versions) == 4


def test_deleting_what_is_absent_is_no_error(documents: Documents) -> None:
    documents.delete("attempts", "nothing")


def test_expired_document_is_gone_and_its_id_free(documents: Documents) -> None:
    now = SystemClock().now()
    documents.create("keys", "a", {"n": 1}, now - timedelta(seconds=1))
    documents.create("keys", "b", {"n": 1}, now + timedelta(hours=1))
    assert documents.get("keys", "a") is None
    assert [d.id for d in documents.query("keys")] == ["b"]
    documents.create("keys", "a", {"n": 2})
    assert documents.get("keys", "a").data == {"n": 2}


def test_exception_undoes_the_transaction(documents: Documents) -> None:
    def work(transaction: Transaction) -> None:
        transaction.set("attempts", "a", {"n": 1})
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        documents.transact(work)
    assert documents.get("attempts", "a") is None


def test_contended_increments_all_count(documents: Documents) -> None:
    documents.create("counters", "c", {"n": 0})

    def increment(_: int) -> None:
        def work(transaction: Transaction) -> None:
            n = transaction.get("counters", "c").data["n"]
            transaction.set("counters", "c", {"n": n + 1})

        documents.transact(work)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(increment, range(20)))
    assert documents.get("counters", "c").data == {"n": 20}


def test_two_documents_change_together(documents: Documents) -> None:
    """A transfer under contention never shows a sum in between."""
    documents.create("purses", "a", {"n": 50})
    documents.create("purses", "b", {"n": 50})

    def transfer(_: int) -> int:
        def work(transaction: Transaction) -> int:
            a = transaction.get("purses", "a").data["n"]
            b = transaction.get("purses", "b").data["n"]
            transaction.set("purses", "a", {"n": a - 1})
            transaction.set("purses", "b", {"n": b + 1})
            return a + b

        return documents.transact(work)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(transfer, range(12))) == {100}
    assert documents.get("purses", "a").data == {"n": 38}


@pytest.fixture
def filled(documents: Documents) -> Documents:
    for n, user in enumerate(["eve", "ann", "eve", "eve", "ann"]):
        documents.create("attempts", f"id{n}", {"user_id": user, "n": n, "at": f"2026-0{n + 1}"})
    documents.create("attempts", "odd", {"user_id": "eve"})
    return documents


def test_query_filters_orders_and_limits(filled: Documents) -> None:
    def ids(**options: object) -> list[str]:
        return [d.id for d in filled.query("attempts", [Filter("user_id", "==", "eve")], **options)]

    assert ids() == ["id0", "id2", "id3", "odd"]
    assert ids(descending=True, limit=2) == ["odd", "id3"]
    assert ids(descending=True, after="id3") == ["id2", "id0"]
    assert ids(order_by="n", descending=True) == ["id3", "id2", "id0"]
    assert ids(order_by="n", after=0) == ["id2", "id3"]


@pytest.mark.parametrize(
    ("op", "expected"),
    [("<", ["id0"]), ("<=", ["id0", "id1"]), (">", ["id2", "id3", "id4"]), ("==", ["id1"])],
)
def test_query_compares_strings_and_numbers(
    filled: Documents, op: str, expected: list[str]
) -> None:
    assert [d.id for d in filled.query("attempts", [Filter("n", op, 1)])] == expected
    assert [d.id for d in filled.query("attempts", [Filter("at", op, "2026-02")])] == expected


def test_strings_sort_by_bytes(documents: Documents) -> None:
    for word in ("b", "a", "B", "ä", "_"):
        documents.create("words", word, {"w": word})
    assert [d.id for d in documents.query("words")] == ["B", "_", "a", "b", "ä"]
    assert [d.id for d in documents.query("words", order_by="w")] == ["B", "_", "a", "b", "ä"]


def test_unreachable_store_is_unavailable() -> None:
    nowhere = PostgresDocuments(connect("postgresql+pg8000://u:p@127.0.0.1:1/d"), SystemClock())
    calls: list[Callable[[], object]] = [
        lambda: nowhere.get("attempts", "a"),
        lambda: nowhere.query("attempts"),
        lambda: nowhere.create("attempts", "a", {}),
    ]
    for call in calls:
        with pytest.raises(Unavailable) as caught:
            call()
        assert caught.value.retryable
