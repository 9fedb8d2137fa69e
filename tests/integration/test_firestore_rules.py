"""What the web client may read in Firestore: its user's own attempts, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from tests.emulators import official

RULES = Path(__file__).parents[2] / "infra" / "firestore" / "firestore.rules"
PROJECT = "demo-rostrum"
OWNER = "owner"  # the emulator's name for a caller whom the rules do not bind: a service
DENIED = 403


@dataclass
class Firestore:
    """The documents over REST, as a user with that id, as a service, or as nobody."""

    client: httpx.Client

    def call(self, method: str, path: str, user: str | None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token(user)}"} if user else {}
        return self.client.request(method, path, headers=headers, **options)

    def put(self, collection: str, id: str, user_id: str, user: str | None = OWNER) -> int:
        fields = {"fields": {"user_id": {"stringValue": user_id}}}
        return self.call("PATCH", f"/documents/{collection}/{id}", user, json=fields).status_code

    def get(self, collection: str, id: str, user: str | None) -> int:
        return self.call("GET", f"/documents/{collection}/{id}", user).status_code

    def attempts_of(self, user_id: str | None, user: str | None) -> list[str] | None:
        """The ids a query finds, with a filter on `user_id` or without; None when denied."""
        query: dict[str, Any] = {"from": [{"collectionId": "attempts"}]}
        if user_id is not None:
            field = {"field": {"fieldPath": "user_id"}, "op": "EQUAL"}
            query["where"] = {"fieldFilter": {**field, "value": {"stringValue": user_id}}}
        answer = self.call("POST", "/documents:runQuery", user, json={"structuredQuery": query})
        if answer.status_code == DENIED:
            return None
        assert answer.status_code == 200, answer.text
        found = [row["document"]["name"] for row in answer.json() if "document" in row]
        return [name.rpartition("/")[2] for name in found]


def token(user: str) -> str:
    """An unsigned ID token, as the emulator takes it."""
    if user == OWNER:
        return OWNER
    claims = {"sub": user, "user_id": user, "firebase": {"sign_in_provider": "custom"}}
    return jwt.encode(claims, key=None, algorithm="none")


@pytest.fixture(scope="module")
def firestore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firestore]:
    with official.firestore(RULES, tmp_path_factory.mktemp("firestore")) as url:
        database = f"{url}/v1/projects/{PROJECT}/databases/(default)"
        with httpx.Client(base_url=database, timeout=30) as client:
            store = Firestore(client)
            for collection in ("attempts", "idempotency", "ai_calls", "users"):
                assert store.put(collection, "eves", "eve") == 200
            assert store.put("attempts", "adams", "adam") == 200
            assert store.put("attempts/eves/parts", "one", "eve") == 200
            yield store


def test_the_owner_reads_an_own_attempt(firestore: Firestore) -> None:
    assert firestore.get("attempts", "eves", "eve") == 200
    assert firestore.get("attempts", "adams", "adam") == 200


@pytest.mark.parametrize("id", ["adams", "of-nobody"])
def test_anothers_attempt_is_denied_as_one_that_is_not_there(firestore: Firestore, id: str) -> None:
    assert firestore.get("attempts", id, "eve") == DENIED


def test_a_list_shows_own_attempts_and_only_when_it_asks_for_those(firestore: Firestore) -> None:
    assert firestore.attempts_of("eve", "eve") == ["eves"]
    assert firestore.attempts_of("adam", "eve") is None
    assert firestore.attempts_of(None, "eve") is None
    assert firestore.attempts_of(None, OWNER) == ["adams", "eves"]


@pytest.mark.parametrize("collection", ["idempotency", "ai_calls", "users", "attempts/eves/parts"])
def test_everything_beside_attempts_is_denied(firestore: Firestore, collection: str) -> None:
    name = "one" if "/" in collection else "eves"
    assert firestore.get(collection, name, OWNER) == 200
    assert firestore.get(collection, name, "eve") == DENIED


@pytest.mark.parametrize("user", ["eve", None])
@pytest.mark.parametrize("collection", ["attempts", "ai_calls", "of-my-own"])
def test_every_write_is_denied(firestore: Firestore, collection: str, user: str | None) -> None:
    assert firestore.put(collection, "new", "eve", user) == DENIED
    assert firestore.put(collection, "eves", "eve", user) == DENIED
    assert firestore.call("DELETE", f"/documents/{collection}/eves", user).status_code == DENIED
    assert firestore.call("POST", f"/documents/{collection}", user, json={}).status_code == DENIED
    assert firestore.get("attempts", "eves", "eve") == 200
    assert firestore.get("attempts", "new", OWNER) == 404


def test_nobody_reads_nothing(firestore: Firestore) -> None:
    assert firestore.get("attempts", "eves", None) == DENIED
    assert firestore.attempts_of("eve", None) is None
    assert firestore.attempts_of(None, None) is None
