"""What is Firestore's own about documents: its ids, its names, its limits and its versions."""

from datetime import timedelta

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.adapters.gcp.firestore_calls import Calls, Client, Deadline
from shared.domain.errors import Invalid, TooLarge
from shared.ports.documents import Filter

ILLEGAL_IDS = ["", ".", "..", "a/b", "/", "a/parts/b", "__id__", "____", "é" * 751, "\ud800"]
LEGAL_IDS = ["__", "_a_", "...", "é" * 750, " ", "a\\b", "%2F", "a?b#c", "*", "🎧"]


@pytest.fixture
def documents(firestore_client: Client) -> FirestoreDocuments:
    return FirestoreDocuments(firestore_client, SystemClock())


@pytest.mark.parametrize("id", ILLEGAL_IDS)
def test_an_illegal_id_holds_nothing_and_takes_nothing(
    documents: FirestoreDocuments, id: str
) -> None:
    for name in ("a", "b", "id"):
        documents.create("things", name, {"n": 1})
    assert documents.get("things", id) is None
    assert documents.transact(lambda t: t.get("things", id)) is None
    for write in (
        lambda: documents.create("things", id, {}),
        lambda: documents.transact(lambda t: t.create("things", id, {})),
        lambda: documents.transact(lambda t: t.set("things", id, {})),
        lambda: documents.query("things", after=id),
    ):
        with pytest.raises(Invalid):
            write()
    documents.delete("things", id)
    documents.transact(lambda t: t.delete("things", id))
    assert [d.id for d in documents.query("things")] == ["a", "b", "id"]


@pytest.mark.parametrize("id", LEGAL_IDS)
def test_a_legal_id_comes_back(documents: FirestoreDocuments, id: str) -> None:
    documents.create("things", id, {"n": 1})
    assert documents.get("things", id).id == id
    assert [d.id for d in documents.query("things")] == [id]
    assert documents.query("things", after=id) == []


@pytest.mark.parametrize("name", ["", "__x__", "y" * 1501, "_expires_at", "_written", "\ud800"])
def test_a_field_that_cannot_be_named_so_is_invalid(
    documents: FirestoreDocuments, name: str
) -> None:
    with pytest.raises(Invalid) as caught:
        documents.create("things", "a", {name: 1})
    assert caught.value.code == "document_refused"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), [[object()]]])
def test_what_json_does_not_hold_is_invalid(documents: FirestoreDocuments, value: object) -> None:
    with pytest.raises(Invalid):
        documents.transact(lambda t: t.set("things", "a", {"value": value}))
    assert documents.get("things", "a") is None


def test_text_that_is_not_unicode_comes_back(documents: FirestoreDocuments) -> None:
    data = {"text": "half a \ud83c pair", "map": {"\udfa7": 1}}
    documents.create("things", "a", data)
    assert documents.get("things", "a").data == data


@pytest.mark.parametrize("letters", [2**20, 11 * 2**20])
def test_a_document_over_the_limit_is_too_large(
    documents: FirestoreDocuments, letters: int
) -> None:
    documents.create("things", "a", {"text": "x" * (2**20 - 300)})
    for write in (
        lambda: documents.create("things", "b", {"text": "x" * letters}),
        lambda: documents.transact(lambda t: t.set("things", "a", {"text": "x" * letters})),
    ):
        with pytest.raises(TooLarge) as caught:
            write()
        assert caught.value.code == "document_too_large"
    assert len(documents.get("things", "a").data["text"]) == 2**20 - 300


def test_fields_with_any_name_are_filtered_and_ordered_by(documents: FirestoreDocuments) -> None:
    for n in range(3):
        documents.create("things", f"id{n}", {"a.b`c\\": n, "2nd": n % 2})
    even = [Filter("2nd", "==", 0)]
    assert [d.id for d in documents.query("things", even, order_by="a.b`c\\")] == ["id0", "id2"]
    assert [d.id for d in documents.query("things", order_by="a.b`c\\", after=0)] == ["id1", "id2"]


def test_pages_end_between_equal_values(documents: FirestoreDocuments) -> None:
    """The first page is full of what has expired, and the next begins among equals."""
    gone = SystemClock().now() - timedelta(seconds=1)
    for n in range(6):
        documents.create("things", f"id{n}", {"at": 7}, gone if n in (0, 1, 3) else None)
    found = documents.query("things", order_by="at", limit=2)
    assert [d.id for d in found] == ["id2", "id4"]
    found = documents.query("things", order_by="at", descending=True, limit=3)
    assert [d.id for d in found] == ["id5", "id4", "id2"]
    above = [Filter("at", ">", 6)]
    assert [d.id for d in documents.query("things", above, limit=2)] == ["id2", "id4"]


def test_the_version_is_the_time_of_the_write_in_nanoseconds(
    documents: FirestoreDocuments, firestore_client: Client
) -> None:
    documents.create("things", "a", {"n": 1})
    name = firestore_client.name("things", "a")
    stored, _ = Calls(firestore_client, lambda _: None).document(name, Deadline(5))
    written = stored.update_time.seconds * 10**9 + stored.update_time.nanos
    assert documents.get("things", "a").version == str(written)
    assert set(stored.fields) == {"n", "_written"}


def test_the_end_of_a_document_is_a_timestamp_of_its_own(
    documents: FirestoreDocuments, firestore_client: Client
) -> None:
    """As a TTL policy wants it; and a write without an end takes the end away."""
    end = SystemClock().now() + timedelta(hours=1)
    calls, name = Calls(firestore_client, lambda _: None), firestore_client.name("things", "a")
    documents.create("things", "a", {"n": 1}, end)
    stored, _ = calls.document(name, Deadline(5))
    assert stored.fields["_expires_at"].WhichOneof("value_type") == "timestamp_value"
    assert stored.fields["_expires_at"].timestamp_value.ToDatetime(end.tzinfo) == end
    assert documents.get("things", "a").data == {"n": 1}
    documents.transact(lambda t: t.set("things", "a", {"n": 2}))
    stored, _ = calls.document(name, Deadline(5))
    assert "_expires_at" not in stored.fields
