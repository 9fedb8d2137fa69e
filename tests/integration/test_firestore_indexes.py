"""Every query of the code has its index, every index its query, and what expires its TTL.

The emulator answers queries without an index, so the adapter holds each one against the file that
the indexes are made from.
"""

import ast
import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from run_services.ai_gateway.calls import Calls
from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.adapters.gcp.firestore_calls import Client
from shared.adapters.gcp.firestore_indexes import Indexes, MissingIndexError
from shared.domain.attempt import Attempt, Prompt
from shared.domain.times import timestamp
from shared.repositories.attempts import Attempts
from shared.repositories.idempotency import Answer, IdempotencyKeys
from shared.repositories.rate_limits import Rate, RateLimits
from shared.repositories.recording_choices import RecordingChoices
from tests.fakes.clock import StillClock
from tests.fakes.recorded_documents import ROOT, Caller, RecordedDocuments, Records

PATH = ROOT / "infra" / "firestore" / "firestore.indexes.json"
FILE = json.loads(PATH.read_text())
QUERYING = {"self._documents.query", "self._documents.count"}
WRITING = {"self._documents.create", "transaction.create", "transaction.set"}


@pytest.fixture
def records(firestore_client: Client) -> Records:
    """What all repositories ask and write, each of their methods called once."""
    clock, records = StillClock(), Records()
    inner = FirestoreDocuments(firestore_client, clock, Indexes.load(PATH))
    documents = RecordedDocuments(inner, records)
    _use_attempts(Attempts(documents), clock)
    _use_keys(IdempotencyKeys(documents, clock))
    _use_calls(Calls(documents, clock), clock)
    _use_choices(RecordingChoices(documents), clock)
    RateLimits(documents, clock).take(Rate("eve", 10, timedelta(minutes=1)))
    return records


def _use_attempts(attempts: Attempts, clock: StillClock) -> None:
    now = timestamp(clock.now())
    for name in ("a", "b"):
        attempts.create(
            Attempt(
                id=name,
                user_id="eve",
                status="awaiting_upload",
                kind="read_aloud",
                prompt=Prompt("en", text="words"),
                created_at=now,
                updated_at=now,
                kept_until=now,
            )
        )
    attempts.update("a", lambda attempt: attempt)
    assert [one.attempt.id for one in attempts.of_user("eve", before=None, limit=5)] == ["b", "a"]
    assert [one.attempt.id for one in attempts.of_user("eve", before="b", limit=5)] == ["a"]
    assert [one.id for one in attempts.latest_readings("eve", limit=5)] == ["b", "a"]
    assert [one.id for one in attempts.every("a")] == ["b"]
    assert len(attempts.untouched_since("awaiting_upload", now, limit=5)) == 2
    assert len(attempts.kept_no_longer_than(now, limit=5)) == 2
    assert attempts.count("awaiting_upload", up_to=5) == 2
    attempts.delete_of_user("eve")
    assert list(attempts.every_of_user("eve")) == []


def _use_choices(choices: RecordingChoices, clock: StillClock) -> None:
    choices.withdraw("eve", clock.now())
    assert [choice.user_id for choice in choices.withdrawn(clock.now(), limit=5)] == ["eve"]


def _use_keys(keys: IdempotencyKeys) -> None:
    for key in ("one", "two"):
        keys.once("eve", "act", key, {}, lambda key=key: Answer(201, {"id": key}))
    keys.forget_answer("eve", "one")
    keys.forget("eve")
    assert keys.once("eve", "act", "two", {}, lambda: Answer(200, {})).status == 200


def _use_calls(calls: Calls, clock: StillClock) -> None:
    def reserve() -> str:
        claim = calls.reserve(
            "key", task="t", fingerprint="f", model="m", paid=False, user_id="eve"
        )
        return claim.state

    assert reserve() == "call"
    clock.advance(60)
    assert reserve() == "call"
    calls.settle("key", {"summary": "good"}, {"model": "m"})
    assert reserve() == "settled"
    assert [key for key, _ in calls.of_user("eve")] == ["key"]
    calls.erase("eve")
    assert list(calls.of_user("eve")) == []


def callers_in_source(wanted: set[str]) -> set[Caller]:
    """Every function that makes one of the calls named, as their text begins."""
    found = set()
    for folder in ("shared/repositories", "run_services", "functions", "local"):
        for path in (ROOT / folder).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            found |= {(name, inside) for inside in _functions(ast.parse(path.read_text()), wanted)}
    return found


def _functions(node: ast.AST, wanted: set[str], inside: str = "") -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        name = inside
        if isinstance(child, ast.ClassDef):
            name = f"{inside}{child.name}."
        elif isinstance(child, ast.FunctionDef):
            name = f"{inside}{child.name}.<locals>."
        elif isinstance(child, ast.Call) and ast.unparse(child.func) in wanted:
            yield inside.removesuffix(".<locals>.")
        yield from _functions(child, wanted, name)


def without(part: str, index: int) -> Indexes:
    """The file's indexes with one taken away."""
    file: dict[str, Any] = copy.deepcopy(FILE)
    if part == "indexes":
        del file[part][index]
    else:
        file[part][index]["indexes"] = []
    return Indexes(file)


def test_every_query_and_write_of_the_code_is_among_the_records(records: Records) -> None:
    in_source = callers_in_source(QUERYING | WRITING)
    assert in_source == records.callers
    assert len(in_source) > 10


def test_no_index_is_without_a_query(records: Records) -> None:
    removable = [("indexes", n) for n in range(len(FILE["indexes"]))]
    overrides = enumerate(FILE["fieldOverrides"])
    removable += [("fieldOverrides", n) for n, item in overrides if item["indexes"]]
    for part, n in removable:
        left = without(part, n)
        missing = 0
        for collection, filters, order_by, descending in records.queries:
            try:
                left.check(collection, filters, order_by, descending=descending)
            except MissingIndexError:
                missing += 1
        assert missing, f"{part}[{n}] serves no query: {FILE[part][n]}"


def test_only_what_is_asked_for_is_indexed(records: Records) -> None:
    """Every collection begins with no index at all."""
    exempt = [
        item["collectionGroup"] for item in FILE["fieldOverrides"] if item["fieldPath"] == "*"
    ]
    assert sorted(exempt) == sorted({collection for collection, _ in records.writes})
    everything = [item for item in FILE["fieldOverrides"] if item["fieldPath"] == "*"]
    assert all(item["indexes"] == [] for item in everything)


def test_nothing_stands_twice_in_the_file() -> None:
    overrides = [(item["collectionGroup"], item["fieldPath"]) for item in FILE["fieldOverrides"]]
    assert len(overrides) == len(set(overrides))
    assert len({json.dumps(item) for item in FILE["indexes"]}) == len(FILE["indexes"])


def test_what_is_written_with_an_end_has_a_ttl(records: Records) -> None:
    expiring = {collection for collection, expires_at in records.writes if expires_at}
    ttl = [item for item in FILE["fieldOverrides"] if item.get("ttl")]
    assert sorted(item["collectionGroup"] for item in ttl) == sorted(expiring)
    assert {item["fieldPath"] for item in ttl} == {"_expires_at"}
    assert all(item["ttl"] is True and item["indexes"] == [] for item in ttl)


def test_a_query_without_its_index_fails_where_it_is_made(firestore_client: Client) -> None:
    documents = FirestoreDocuments(firestore_client, StillClock(), without("indexes", 0))
    with pytest.raises(MissingIndexError, match="attempts"):
        Attempts(documents).of_user("eve", before=None, limit=5)
    documents = FirestoreDocuments(firestore_client, StillClock(), without("fieldOverrides", 2))
    with pytest.raises(MissingIndexError, match="status"):
        Attempts(documents).count("failed", up_to=5)
