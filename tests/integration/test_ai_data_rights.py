"""The AI gateway's records of a user: limited, handed out, removed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from run_services.ai_gateway.main import create_app
from run_services.ai_gateway.settings import Settings
from shared import wiring
from shared.adapters.embedded.identity import create_keys
from shared.domain.identity import Principal
from tests.fakes import analyses

INPUTS = analyses.inputs(analyses.reading())
Call = Callable[..., TestResponse]


@pytest.fixture
def call(tmp_path: Path, postgres_url: str, database: sa.Engine) -> Call:
    create_keys(tmp_path)
    settings = Settings(database_url=postgres_url, token_keys=tmp_path, calls_per_user=3)
    client = create_app(settings).test_client()
    tokens = wiring.token_issuer(settings)

    def call(method: str, path: str, body: Any = None, role: Any = "service") -> TestResponse:
        token = tokens.issue(Principal("x", role), "ai_gateway", timedelta(minutes=5))
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(f"/internal/v1/{path}", method=method, json=body, headers=headers)

    return call


def write(call: Call, key: str, user_id: str | None = "eve") -> TestResponse:
    body = {"idempotency_key": key, "inputs": INPUTS}
    return call("POST", "tasks/feedback", body | ({"user_id": user_id} if user_id else {}))


def test_a_users_records_are_handed_out_and_removed(call: Call) -> None:
    assert [write(call, key).status_code for key in ("a:1", "b:1")] == [200, 200]
    assert write(call, "c:1", "ann").status_code == 200
    calls = call("GET", "users/eve/data").json["calls"]
    assert [item["key"] for item in calls] == ["a:1", "b:1"]
    assert calls[0]["result"]["summary"]
    for _ in range(2):
        assert call("DELETE", "users/eve/data").status_code == 204
        assert call("GET", "users/eve/data").json == {"calls": []}
    assert len(call("GET", "users/ann/data").json["calls"]) == 1


def test_too_many_calls_for_one_user_are_refused(call: Call) -> None:
    assert [write(call, f"a:{number}").status_code for number in range(3)] == [200] * 3
    refused = write(call, "a:3")
    assert (refused.status_code, refused.json["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) >= 15
    assert write(call, "a:3", "ann").status_code == 200
    assert len(call("GET", "users/eve/data").json["calls"]) == 3


@pytest.mark.parametrize("user_id", ["", "a/b", "x" * 101, 7])
def test_a_user_id_that_is_none(call: Call, user_id: Any) -> None:
    body = {"idempotency_key": "a:1", "inputs": INPUTS, "user_id": user_id}
    refused = call("POST", "tasks/feedback", body)
    assert refused.json["errors"][0]["pointer"] == "/user_id"


def test_only_deployables_may_ask(call: Call) -> None:
    for method in ("GET", "DELETE"):
        assert call(method, "users/eve/data", role="learner").status_code == 403
