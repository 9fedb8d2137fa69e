"""What the web client may read in Firestore: its user's own attempts, and nothing else.

Firebase checks a token's signature, time, issuer and audience before the rules see it. The emulator
checks none of them and takes tokens without a signature, so what is forged here is what the rules
themselves look at. https://firebase.google.com/docs/rules/emulator-setup
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from tests.emulators import official

FIRESTORE = Path(__file__).parents[2] / "infra" / "firestore"
RULES = FIRESTORE / "firestore.rules"
INDEXES = json.loads((FIRESTORE / "firestore.indexes.json").read_text())
# A test of the indexes sees to it that every collection the code writes stands in their file.
COLLECTIONS = sorted({item["collectionGroup"] for item in INDEXES["fieldOverrides"]})
CLOSED = [name for name in COLLECTIONS if name != "attempts"] + ["users", "attempts/eves/parts"]
PROJECT = "demo-rostrum"
OWNER = "owner"  # the emulator's name for a caller whom the rules do not bind: a service
DENIED = 403


@dataclass
class Firestore:
    """The documents over REST, as a user with that id, as a service, or as nobody."""

    client: httpx.Client

    def call(self, method: str, path: str, user: str | None, **options: Any) -> httpx.Response:
        return self.bearing(token(user) if user else None, method, path, **options)

    def bearing(self, bearer: str | None, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self.client.request(method, path, headers=headers, **options)

    def put(self, collection: str, id: str, user_id: str, user: str | None = OWNER) -> int:
        fields = {"fields": {"user_id": {"stringValue": user_id}}}
        return self.call("PATCH", f"/documents/{collection}/{id}", user, json=fields).status_code

    def get(self, collection: str, id: str, user: str | None) -> int:
        return self.call("GET", f"/documents/{collection}/{id}", user).status_code

    def attempts_of(self, user_id: str | None, user: str | None) -> list[str] | None:
        """The ids a query finds, with a filter on `user_id` or without; None when denied."""
        return self.found(token(user) if user else None, user_id)

    def found(
        self, bearer: str | None, user_id: str | None, collection: str = "attempts", **where: Any
    ) -> list[str] | None:
        query: dict[str, Any] = {"from": [{"collectionId": collection, **where}]}
        if user_id is not None:
            field = {"field": {"fieldPath": "user_id"}, "op": "EQUAL"}
            query["where"] = {"fieldFilter": {**field, "value": {"stringValue": user_id}}}
        answer = self.bearing(
            bearer, "POST", "/documents:runQuery", json={"structuredQuery": query}
        )
        if answer.status_code == DENIED:
            return None
        assert answer.status_code == 200, answer.text
        found = [row["document"]["name"] for row in answer.json() if "document" in row]
        return [name.rpartition("/")[2] for name in found]


def token(user: str) -> str:
    """An unsigned ID token, as the emulator takes it."""
    if user == OWNER:
        return OWNER
    return unsigned(sub=user, user_id=user, firebase={"sign_in_provider": "custom"})


def unsigned(**claims: object) -> str:
    return jwt.encode(claims, key=None, algorithm="none")


@pytest.fixture(scope="module")
def firestore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firestore]:
    with official.firestore(RULES, tmp_path_factory.mktemp("firestore")) as host:
        database = f"http://{host}/v1/projects/{PROJECT}/databases/(default)"
        with httpx.Client(base_url=database, timeout=30) as client:
            store = Firestore(client)
            for collection in ("attempts", *CLOSED):
                assert store.put(collection, "eves", "eve") == 200
            assert store.put("attempts", "adams", "adam") == 200
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


@pytest.mark.parametrize("collection", CLOSED)
@pytest.mark.parametrize("user", ["eve", "adam", None])
def test_everything_beside_attempts_is_denied(
    firestore: Firestore, collection: str, user: str | None
) -> None:
    assert firestore.get(collection, "eves", OWNER) == 200
    assert firestore.get(collection, "eves", user) == DENIED
    bearer = token(user) if user else None
    name = collection.rpartition("/")[2]
    assert firestore.found(bearer, "eve", name) is None
    assert firestore.found(bearer, "eve", name, allDescendants=True) is None
    listed = firestore.call("GET", f"/documents/{collection}", user)
    assert listed.status_code == DENIED


def test_attempts_are_not_to_be_had_across_collections(firestore: Firestore) -> None:
    assert firestore.found(token("eve"), "eve", allDescendants=True) is None
    assert firestore.call("GET", "/documents/attempts", "eve").status_code == DENIED
    path = "/documents:listCollectionIds"
    assert firestore.call("POST", path, "eve", json={}).status_code == DENIED


@pytest.mark.parametrize("user", ["eve", "adam", None])
@pytest.mark.parametrize("collection", ["attempts", *CLOSED, "of-my-own"])
def test_every_write_is_denied(firestore: Firestore, collection: str, user: str | None) -> None:
    assert firestore.put(collection, "new", "eve", user) == DENIED
    assert firestore.put(collection, "eves", "eve", user) == DENIED
    assert firestore.call("DELETE", f"/documents/{collection}/eves", user).status_code == DENIED
    assert firestore.call("POST", f"/documents/{collection}", user, json={}).status_code == DENIED
    assert firestore.get("attempts", "eves", "eve") == 200
    assert firestore.get(collection, "new", OWNER) == 404


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"sub": "adam"}, DENIED),
        ({"sub": None}, DENIED),
        ({"sub": ""}, DENIED),
        ({"sub": ["eve"]}, DENIED),
        ({"sub": "EVE"}, DENIED),
        ({"firebase": {"sign_in_provider": "google.com"}}, DENIED),
        ({"firebase": {"sign_in_provider": "anonymous"}}, DENIED),
        ({"firebase": {}}, DENIED),
        ({"firebase": None}, DENIED),
        ({"admin": True, "role": "admin", "sub": "adam"}, DENIED),
        ({}, 200),
    ],
)
def test_a_token_that_is_not_the_owners_own_is_denied(
    firestore: Firestore, claims: dict[str, object], status: int
) -> None:
    given = {"sub": "eve", "user_id": "eve", "firebase": {"sign_in_provider": "custom"}, **claims}
    forged = unsigned(**{name: value for name, value in given.items() if value is not None})
    answer = firestore.bearing(forged, "GET", "/documents/attempts/eves")
    assert answer.status_code == status
    assert firestore.found(forged, "eve") == (["eves"] if status == 200 else None)


@pytest.mark.parametrize("bearer", ["abc", "a.b.c", "null", unsigned()])
def test_what_is_no_token_is_refused(firestore: Firestore, bearer: str) -> None:
    answer = firestore.bearing(bearer, "GET", "/documents/attempts/eves")
    assert answer.status_code in (400, 401, DENIED)


def test_nobody_reads_nothing(firestore: Firestore) -> None:
    assert firestore.get("attempts", "eves", None) == DENIED
    assert firestore.attempts_of("eve", None) is None
    assert firestore.attempts_of(None, None) is None
