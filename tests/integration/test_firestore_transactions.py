"""What others do between the reads of a transaction and its commit, in the emulator."""

from collections.abc import Callable

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.adapters.gcp.firestore_calls import Client
from shared.domain.errors import Unavailable
from shared.ports.documents import Transaction


@pytest.fixture
def documents(firestore_client: Client) -> FirestoreDocuments:
    return FirestoreDocuments(firestore_client, SystemClock())


class Interrupted:
    """Reads `names`, is overtaken by `other` in its first run, and writes the sum to `target`."""

    def __init__(self, names: str, target: str, other: Callable[[], object]) -> None:
        self.runs = 0
        self._names = names
        self._target = target
        self._other = other

    def __call__(self, transaction: Transaction) -> int:
        self.runs += 1
        found = [transaction.get("things", name) for name in self._names]
        if self.runs == 1:
            self._other()
        total = sum(one.data["n"] for one in found if one)
        transaction.set("things", self._target, {"n": total})
        return total


@pytest.mark.parametrize("target", ["a", "b", "total"])
@pytest.mark.parametrize(
    ("overtake", "total"),
    [
        (lambda t: t.set("things", "a", {"n": 5}), 5),
        (lambda t: t.set("things", "a", {"n": 1}), 1),
        (lambda t: t.set("things", "b", {"n": 5}), 6),
        (lambda t: t.create("things", "b", {"n": 5}), 6),
        (lambda t: t.delete("things", "a"), 0),
        (lambda t: (t.delete("things", "a"), t.create("things", "a", {"n": 7})), 7),
    ],
    ids=["changed", "the same again", "set anew", "created", "deleted", "replaced"],
)
def test_work_that_was_overtaken_is_run_again(
    documents: FirestoreDocuments,
    overtake: Callable[[Transaction], object],
    total: int,
    target: str,
) -> None:
    """Whether the document that has changed is written, or only read."""
    documents.create("things", "a", {"n": 1})
    work = Interrupted("ab", target, lambda: documents.transact(overtake))
    assert documents.transact(work) == total
    assert work.runs == 2
    assert documents.get("things", target).data == {"n": total}


@pytest.mark.parametrize("target", ["a", "b", "total"])
def test_what_others_do_elsewhere_does_not_matter(
    documents: FirestoreDocuments, target: str
) -> None:
    documents.create("things", "a", {"n": 1})
    version = documents.get("things", "a").version
    work = Interrupted("ab", target, lambda: documents.create("things", "c", {"n": 9}))
    assert documents.transact(work) == 1
    assert work.runs == 1
    assert (documents.get("things", "b") is None) == (target != "b")
    if target != "a":
        assert documents.get("things", "a").version == version


def test_two_who_only_read_a_document_do_not_collide(documents: FirestoreDocuments) -> None:
    documents.create("things", "a", {"n": 1})
    inner = Interrupted("a", "x", lambda: None)
    outer = Interrupted("a", "y", lambda: documents.transact(inner))
    documents.transact(outer)
    assert (outer.runs, inner.runs) == (1, 1)


def test_a_writer_that_stopped_half_way_stands_in_nobodys_way(
    documents: FirestoreDocuments, firestore_client: Client
) -> None:
    """Its process was killed after its reads and before its commit, say."""
    documents.create("things", "a", {"n": 1})

    class Killed(BaseException):
        pass

    def overtaken() -> None:
        quick = FirestoreDocuments(firestore_client, SystemClock(), timeout_s=2)
        quick.transact(lambda t: t.set("things", "a", {"n": t.get("things", "a").data["n"] + 1}))
        raise Killed

    with pytest.raises(Killed):
        documents.transact(Interrupted("a", "a", overtaken))
    assert documents.get("things", "a").data == {"n": 2}


def test_reads_are_of_one_moment(documents: FirestoreDocuments) -> None:
    """Also where nothing is written, and nothing can be refused at the end."""
    documents.transact(lambda t: [t.set("things", name, {"n": 50}) for name in "ab"])
    moved = [("a", 40), ("b", 60)]

    def work(transaction: Transaction) -> int:
        first = transaction.get("things", "a").data["n"]
        documents.transact(lambda t: [t.set("things", name, {"n": n}) for name, n in moved])
        return first + transaction.get("things", "b").data["n"]

    assert documents.transact(work) == 100
    assert documents.get("things", "b").data == {"n": 60}


def test_work_that_is_always_overtaken_is_contended(firestore_client: Client) -> None:
    documents = FirestoreDocuments(firestore_client, SystemClock(), sleep=lambda _: None)

    def work(transaction: Transaction) -> None:
        transaction.get("things", "a")
        documents.transact(lambda t: t.set("things", "a", {}))
        transaction.set("things", "a", {"mine": True})

    with pytest.raises(Unavailable) as caught:
        documents.transact(work)
    assert caught.value.code == "contended"
    assert documents.get("things", "a").data == {}
