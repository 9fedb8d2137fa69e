"""What every documents adapter owes those who ask for more than one document."""

from datetime import timedelta

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.ports.documents import Documents, Filter


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


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [("<=", "2", ["text"]), (">", "0", ["text"]), ("<", 2, ["number"]), (">=", False, ["truth"])],
)
def test_a_range_holds_values_of_its_own_type(
    documents: Documents, op: str, value: str | int | bool, expected: list[str]
) -> None:
    values = {"number": 1, "text": "1", "truth": True, "null": None, "list": [], "map": {}}
    for name, held in values.items():
        documents.create("mixed", name, {"w": held})
    found = documents.query("mixed", [Filter("w", op, value)], order_by="w")
    assert [document.id for document in found] == expected


def test_count_counts_what_matches_up_to_a_limit(filled: Documents) -> None:
    everything = filled.query("attempts")
    assert filled.count("attempts") == len(everything) == 6
    assert filled.count("attempts", [Filter("user_id", "==", "ann")]) == 2
    assert filled.count("attempts", up_to=2) == 2
    assert filled.count("nothing") == 0


def test_strings_sort_by_bytes(documents: Documents) -> None:
    for word in ("b", "a", "B", "ä", "_"):
        documents.create("words", word, {"w": word})
    assert [d.id for d in documents.query("words")] == ["B", "_", "a", "b", "ä"]
    assert [d.id for d in documents.query("words", order_by="w")] == ["B", "_", "a", "b", "ä"]


def test_expired_documents_take_no_place_in_a_page(documents: Documents) -> None:
    now = SystemClock().now()
    for n in range(12):
        expires_at = now - timedelta(seconds=1) if n % 4 else None
        documents.create("keys", f"id{n:02}", {"n": n, "same": 1}, expires_at)
    same = [Filter("same", "==", 1)]
    assert [d.id for d in documents.query("keys", limit=2)] == ["id00", "id04"]
    assert [d.id for d in documents.query("keys", order_by="n", after=0)] == ["id04", "id08"]
    assert [d.id for d in documents.query("keys", same, order_by="same", limit=3)] == [
        *("id00", "id04", "id08")
    ]
    assert documents.query("keys", limit=0) == []
