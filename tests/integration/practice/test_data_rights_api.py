"""What is held about a learner: handed out and removed, while they go on using the service."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from shared import wiring
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.database import documents
from shared.adapters.embedded.documents import PostgresDocuments
from shared.domain.attempt import object_name
from shared.domain.identity import Principal
from shared.repositories.idempotency import Answer

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
CLOCK = SystemClock()
LEARNER = Principal("eve", "learner")
DATA = "/internal/v1/users/eve/data"
BODY = {"kind": "free_speech", "recording": {"content_type": "audio/webm"}}


def held(database: sa.Engine, user: str) -> str:
    """Every stored row that names the user."""
    with database.connect() as connection:
        rows = [dict(row) for row in connection.execute(sa.select(documents)).mappings()]
    return json.dumps([row for row in rows if user in str(row)], default=str)


NOTHING: dict[str, list[object]] = {"attempts": [], "features": [], "recordings": []}


def test_everything_is_handed_out(practice: "Practice") -> None:
    made = [practice.create()["id"] for _ in range(3)]
    practice.upload(practice.create("ann"))
    created = practice.create()
    practice.upload(created)
    practice.end(made[0], "no_speech")
    practice.features.save("eve", created["id"], b"numbers", "application/zip")
    data = practice.internal("GET", DATA).json
    assert [item["id"] for item in data["attempts"]] == [created["id"], *made[::-1]]
    assert data["attempts"][-1]["failure"]["code"] == "no_speech"
    name = object_name("eve", created["id"])
    assert data["recordings"] == [{"name": name, "content_type": "audio/webm", "bytes": 5}]
    assert data["features"] == [{"name": name, "content_type": "application/zip", "bytes": 7}]


def test_everything_is_removed_and_nothing_of_others(
    practice: "Practice", database: sa.Engine
) -> None:
    others = practice.create("ann")
    practice.upload(others)
    practice.upload(practice.create())
    practice.features.save("eve", CLOCK.new_id(), b"numbers", "application/zip")
    practice.features.save("ann", others["id"], b"numbers", "application/zip")
    first = practice.attempts.get(practice.create()["id"]).attempt
    for _ in range(120):
        practice.attempts.create(replace(first, id=CLOCK.new_id()))
    headers = {"Idempotency-Key": "k"}
    practice.call("POST", "/v1/attempts", json=BODY, headers=headers)
    for _ in range(2):
        assert practice.internal("DELETE", DATA).status_code == 204
        assert held(database, "eve") == "[]"
        assert practice.internal("GET", DATA).json == NOTHING
    assert practice.objects.names() == [object_name("ann", others["id"])]
    assert practice.features.of_user("eve") == []
    assert practice.features.has("ann", others["id"])
    assert practice.call("GET", "/v1/attempts", user="ann").json["items"]


def test_a_damaged_attempt_is_removed_like_any_other(
    practice: "Practice", database: sa.Engine
) -> None:
    store = PostgresDocuments(database, CLOCK)
    store.create("attempts", "broken", {"id": "broken", "user_id": "eve"})
    assert practice.internal("DELETE", DATA).status_code == 204
    assert held(database, "eve") == "[]"


def test_the_second_pass_removes_what_a_last_token_made(
    practice: "Practice", database: sa.Engine
) -> None:
    """Requests that run beside the first pass may leave something; none runs beside the second."""
    gate = threading.Barrier(9)

    def create(number: int) -> None:
        gate.wait()
        headers = {"Idempotency-Key": f"k{number}"}
        practice.call("POST", "/v1/attempts", json=BODY, headers=headers)

    with ThreadPoolExecutor(9) as pool:
        running = [pool.submit(create, number) for number in range(8)]
        gate.wait()
        assert practice.internal("DELETE", DATA).status_code == 204
        for one in running:
            one.result()
    assert practice.internal("DELETE", DATA).status_code == 204
    assert held(database, "eve") == "[]"


def test_only_deployables_may_ask(practice: "Practice", problem: Problem) -> None:
    for method in ("GET", "DELETE"):
        assert problem(practice.client.open(DATA, method=method)) == (401, "unauthenticated")
        token = practice.tokens.issue(LEARNER, "rostrum", timedelta(minutes=5))
        headers = {"Authorization": f"Bearer {token}"}
        refused = practice.client.open(DATA, method=method, headers=headers)
        assert problem(refused)[0] in (401, 403)


def test_deleting_an_attempt_forgets_the_answer_that_holds_it(
    practice: "Practice", database: sa.Engine
) -> None:
    kept = practice.create()
    headers = {"Idempotency-Key": "k"}
    created = practice.call("POST", "/v1/attempts", json=BODY, headers=headers).json
    practice.call("POST", "/v1/attempts", json=BODY, headers={"Idempotency-Key": "other"})
    practice.call("DELETE", f"/v1/attempts/{created['id']}")
    assert created["id"] not in held(database, "eve")
    assert kept["id"] in held(database, "eve")
    with database.connect() as connection:
        answers = sa.select(documents).where(documents.c.collection == "idempotency")
        assert len(connection.execute(answers).all()) == 1


def test_an_answer_is_not_kept_when_its_user_was_forgotten_meanwhile(
    practice: "Practice", database: sa.Engine
) -> None:
    keys = wiring.idempotency_keys(practice.settings)

    def act() -> Answer:
        keys.forget("eve")
        return Answer(201, {"id": "1", "user_id": "eve"})

    assert keys.once("eve", "create", "k", {}, act).status == 201
    assert held(database, "eve") == "[]"


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("POST", "/v1/attempts", {**BODY, "prompt": None}, "/prompt"),
        ("POST", "/v1/attempts", {**BODY, "kind": None}, "/kind"),
        ("POST", "/v1/attempts", {**BODY, "prompt": {"title": None}}, "/prompt/title"),
        ("POST", "/v1/attempts", {**BODY, "prompt": {"question": None}}, "/prompt/question"),
        (
            "POST",
            "/v1/attempts",
            {**BODY, "recording": {"content_type": "audio/webm", "bytes": None}},
            "/recording/bytes",
        ),
        ("POST", "/v1/attempts/x/retry", {"recording": None}, "/recording"),
    ],
)
def test_null_is_refused(
    practice: "Practice", problem: Problem, method: str, path: str, body: dict, pointer: str
) -> None:
    response = practice.call(method, path, json=body)
    assert problem(response) == (400, "invalid_request")
    assert [error["pointer"] for error in response.json["errors"]] == [pointer]
