"""What every documents adapter owes its callers."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from shared.adapters.gcp.firestore import FirestoreDocuments, build_client
from shared.adapters.postgresql.engine import connect
from shared.domain.errors import Conflict, Unavailable
from shared.ports.documents import Documents, Transaction

_WRITERS = 4


def test_get_answers_what_was_created(documents: Documents) -> None:
    data = {"text": "grüß dich", "n": 1.5, "flag": True, "list": [{"a": [1]}], "none": None}
    documents.create("attempts", "a", data)
    found = documents.get("attempts", "a")
    assert found is not None
    assert (found.id, found.data) == ("a", data)


@pytest.mark.parametrize(
    "value",
    [
        [[1, [2.0, []]], []],
        {"deep": [{"_json": "1"}, {"_json": 1, "b": 2}, {"": 1, "__id__": [[]], "a.b`c": "x"}]},
        {"_json": "[]"},
        [0, 0.0, -1, 2**53 + 1, -(2**63), 2**70, 1e-300, True, False, None, "", {}],
        "\n\u2028 emoji 🎧 and \u007f",
        list("abc") * 700,
    ],
)
def test_every_value_of_json_comes_back_as_it_was(documents: Documents, value: object) -> None:
    documents.create("attempts", "a", {"value": value})
    found = documents.get("attempts", "a").data["value"]
    assert json.dumps(found, sort_keys=True) == json.dumps(value, sort_keys=True)


def test_levels_however_deep_come_back(documents: Documents) -> None:
    value: object = [1]
    for n in range(40):
        value = {"in": value} if n % 2 else [{"in": value}]
    documents.create("attempts", "a", {"value": value})
    assert documents.get("attempts", "a").data == {"value": value}


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
    documents.create("attempts", "a", {"n": 2})
    versions.add(documents.get("attempts", "a").version)
    assert len(versions) == 4


def test_version_changes_even_when_nothing_else_does(documents: Documents) -> None:
    documents.create("attempts", "a", {"n": 1})
    before = documents.get("attempts", "a").version
    documents.transact(lambda t: t.set("attempts", "a", {"n": 1}))
    assert documents.get("attempts", "a").version != before
    assert documents.get("attempts", "a").version == documents.query("attempts")[0].version


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


def test_expired_document_is_gone_in_a_transaction_too(documents: Documents) -> None:
    now = SystemClock().now()
    documents.create("keys", "old", {"n": 1}, now - timedelta(seconds=1))
    documents.create("keys", "new", {"n": 1}, now + timedelta(hours=1))

    def take(transaction: Transaction) -> bool:
        gone = transaction.get("keys", "old") is None
        transaction.create("keys", "old", {"n": 2}, now + timedelta(hours=1))
        return gone

    assert documents.transact(take)
    assert documents.get("keys", "old").data == {"n": 2}
    with pytest.raises(Conflict):
        documents.transact(lambda t: t.create("keys", "old", {"n": 3}))
    with pytest.raises(Conflict):
        documents.transact(lambda t: t.create("keys", "new", {"n": 3}))
    documents.transact(lambda t: t.set("keys", "new", {"n": 4}))
    assert documents.get("keys", "new").data == {"n": 4}


def test_exception_undoes_the_transaction(documents: Documents) -> None:
    def work(transaction: Transaction) -> None:
        transaction.set("attempts", "a", {"n": 1})
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        documents.transact(work)
    assert documents.get("attempts", "a") is None


def test_transaction_reads_what_is_there_and_writes_all_at_its_end(documents: Documents) -> None:
    documents.create("attempts", "a", {"n": 1})
    documents.create("attempts", "b", {"n": 2})

    def work(transaction: Transaction) -> list[object]:
        found = [transaction.get("attempts", name) for name in ("a", "b", "c")]
        transaction.delete("attempts", "a")
        transaction.set("attempts", "b", {"n": 3})
        transaction.create("attempts", "c", {"n": 4})
        transaction.create("attempts", "a", {"n": 5})
        return [one and one.data for one in found]

    assert documents.transact(work) == [{"n": 1}, {"n": 2}, None]
    assert {d.id: d.data["n"] for d in documents.query("attempts")} == {"a": 5, "b": 3, "c": 4}


def test_contended_increments_all_count(documents: Documents) -> None:
    documents.create("counters", "c", {"n": 0})

    def increment(_: int) -> None:
        def work(transaction: Transaction) -> None:
            n = transaction.get("counters", "c").data["n"]
            transaction.set("counters", "c", {"n": n + 1})

        documents.transact(work)

    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(increment, range(_WRITERS * _WRITERS + _WRITERS)))
    assert documents.get("counters", "c").data == {"n": _WRITERS * _WRITERS + _WRITERS}


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

    with ThreadPoolExecutor(_WRITERS) as pool:
        assert set(pool.map(transfer, range(_WRITERS * 3))) == {100}
    assert documents.get("purses", "a").data == {"n": 50 - _WRITERS * 3}


def test_who_decides_by_anothers_document_decides_by_what_it_is(documents: Documents) -> None:
    """Two read both and each would write one: in every round one of them stays on call."""
    for n in range(10):
        names = [f"a{n}", f"b{n}"]
        for name in names:
            documents.create("staff", name, {"on_call": True})
        barrier = threading.Barrier(2)

        def leave(
            name: str, names: list[str] = names, barrier: threading.Barrier = barrier
        ) -> None:
            def work(transaction: Transaction) -> None:
                staff = [transaction.get("staff", one).data["on_call"] for one in names]
                if all(staff):
                    transaction.set("staff", name, {"on_call": False})

            barrier.wait()
            documents.transact(work)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(leave, names))
        assert sum(documents.get("staff", name).data["on_call"] for name in names) == 1


@pytest.mark.parametrize(
    "nowhere",
    [
        PostgresDocuments(connect("postgresql+pg8000://u:p@127.0.0.1:1/d"), SystemClock()),
        FirestoreDocuments(
            build_client("demo-x", "(default)", emulator_host="127.0.0.1:1"), SystemClock()
        ),
    ],
    ids=["postgres", "firestore"],
)
def test_unreachable_store_is_unavailable(nowhere: Documents) -> None:
    calls: list[Callable[[], object]] = [
        lambda: nowhere.get("attempts", "a"),
        lambda: nowhere.query("attempts"),
        lambda: nowhere.create("attempts", "a", {}),
        lambda: nowhere.delete("attempts", "a"),
        lambda: nowhere.transact(lambda t: t.get("attempts", "a")),
    ]
    for call in calls:
        with pytest.raises(Unavailable) as caught:
            call()
        assert caught.value.retryable
