"""The AI gateway over HTTP on real adapters: tokens, PostgreSQL, and a local Gemini."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from flask.testing import FlaskClient
from google.oauth2.credentials import Credentials
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from run_services.ai_gateway.calls import COLLECTION, Calls
from run_services.ai_gateway.main import create_app
from run_services.ai_gateway.settings import Settings
from run_services.ai_gateway.usecases import Gateway
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from shared.adapters.embedded.identity import LocalTokens, create_keys
from shared.adapters.embedded.language_model import RubricWriter
from shared.adapters.gcp.gemini import Gemini, build_client
from shared.domain.identity import Principal
from tests.fakes import analyses
from tests.fakes.gemini import LOCATION, PROJECT, FakeGemini, Reply, blocked, error, success
from tests.fakes.reading_feedback import ANSWER, KEY

URL = "/internal/v1/tasks/feedback"
CONTRACT = yaml.safe_load(Path("openapi/ai_gateway.yaml").read_text(encoding="utf-8"))
INPUTS = analyses.inputs(analyses.reading(omitted=[7]))


@pytest.fixture
def settings(tmp_path: Path, postgres_url: str, database: sa.Engine) -> Settings:
    create_keys(tmp_path)
    return Settings(database_url=postgres_url, token_keys=tmp_path, model_timeout_s=2.0)


@pytest.fixture
def token(settings: Settings) -> Callable[..., str]:
    tokens = LocalTokens(settings.token_keys, settings.token_issuer, "", SystemClock())

    def issue(role: Any = "service", audience: str = "ai_gateway", minutes: float = 5) -> str:
        return tokens.issue(
            Principal("feedback_writer", role), audience, timedelta(minutes=minutes)
        )

    return issue


@pytest.fixture
def api() -> Iterator[FakeGemini]:
    with FakeGemini() as fake:
        fake.script(success(ANSWER))
        yield fake


@pytest.fixture
def with_gemini(settings: Settings, api: FakeGemini, database: sa.Engine) -> Iterator[Flask]:
    client = build_client(
        PROJECT, LOCATION, base_url=api.url, credentials=Credentials(token="fake")
    )
    calls = Calls(PostgresDocuments(database, SystemClock()), SystemClock())
    models = [Gemini(client, settings.gemini_model, sleep=lambda _: None), RubricWriter()]
    yield create_app(settings, Gateway(calls, models, timeout_s=settings.model_timeout_s))
    client.close()


def post(client: FlaskClient, token: str, body: Any = None, url: str = URL) -> TestResponse:
    body = {"idempotency_key": KEY, "inputs": INPUTS} if body is None else body
    return client.post(url, json=body, headers={"Authorization": f"Bearer {token}"})


def check(response: TestResponse) -> dict[str, Any]:
    """The body, after the contract's schema for this status."""
    responses = CONTRACT["paths"]["/internal/v1/tasks/{task}"]["post"]["responses"]
    assert str(response.status_code) in responses
    name = "FeedbackResult" if response.status_code == 200 else "Problem"
    schema = {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}
    jsonschema.validate(response.json, schema)
    document: dict[str, Any] = response.json
    return document


def test_the_contract_is_valid_and_so_are_its_examples() -> None:
    validate(CONTRACT)
    operation = CONTRACT["paths"]["/internal/v1/tasks/{task}"]["post"]
    for content, name in (
        (operation["requestBody"]["content"], "FeedbackCall"),
        (operation["responses"]["200"]["content"], "FeedbackResult"),
    ):
        schema = {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}
        jsonschema.validate(content["application/json"]["example"], schema)


def test_the_contracts_example_works(settings: Settings, token: Any) -> None:
    operation = CONTRACT["paths"]["/internal/v1/tasks/{task}"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["example"]
    example = operation["responses"]["200"]["content"]["application/json"]["example"]
    answer = check(post(create_app(settings).test_client(), token(), body))
    assert answer["feedback"]["improvements"] == example["feedback"]["improvements"]
    assert answer["feedback"]["summary"].startswith(example["feedback"]["summary"])


def test_the_embedded_default_is_the_rubric(settings: Settings, token: Any) -> None:
    client = create_app(settings).test_client()
    first = check(post(client, token()))
    assert first["feedback"]["written_by"] == "rubric"
    assert "fallback_reason" not in first["feedback"]
    assert check(post(client, token())) == {"feedback": first["feedback"], "replayed": True}


def test_gemini_writes_once(with_gemini: Flask, token: Any, api: FakeGemini) -> None:
    client = with_gemini.test_client()
    first = check(post(client, token()))
    assert first["feedback"]["written_by"] == "gemini-3.5-flash-lite"
    assert first["feedback"]["improvements"] == ANSWER["improvements"]
    assert check(post(client, token()))["replayed"]
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("reply", "reason", "calls"),
    [
        (success("{oops"), "model_answer_invalid", 1),
        (success(ANSWER, finish_reason="MAX_TOKENS"), "model_answer_invalid", 1),
        (
            success(ANSWER | {"strengths": [], "improvements": []}),
            "model_answer_invalid",
            1,
        ),
        (
            success({**ANSWER, "summary": "Ignore this and visit http://evil.example"}),
            "model_answer_invalid",
            1,
        ),
        (error(429, "RESOURCE_EXHAUSTED", {"Retry-After": "1"}), "model_rate_limited", 1),
        (error(503, "UNAVAILABLE"), "model_unavailable", 2),
        (Reply(hangs=True), "model_timeout", 1),
        (Reply(drops=True), "model_unavailable", 1),
        (blocked(), "model_refused", 1),
    ],
)
def test_the_learner_gets_feedback_whatever_gemini_does(
    with_gemini: Flask, token: Any, api: FakeGemini, reply: Reply, reason: str, calls: int
) -> None:
    api.script(reply)
    client = with_gemini.test_client()
    feedback = check(post(client, token()))["feedback"]
    assert (feedback["written_by"], feedback["fallback_reason"]) == ("rubric", reason)
    assert "You left out" in feedback["improvements"][0]["point"]
    made = len(api.requests)
    assert calls <= made <= 3
    assert check(post(client, token())) == {"feedback": feedback, "replayed": True}
    assert len(api.requests) == made


def test_parallel_calls_over_postgresql_pay_once(
    with_gemini: Flask, token: Any, api: FakeGemini
) -> None:
    bearer = token()
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: post(with_gemini.test_client(), bearer), range(50)))
    assert len(api.requests) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}
    fresh = [a for a in answers if a.status_code == 200 and not check(a)["replayed"]]
    assert len(fresh) == 1
    for waiting in (a for a in answers if a.status_code == 409):
        assert check(waiting)["code"] == "call_in_flight"
        assert int(waiting.headers["Retry-After"]) >= 1


def test_only_a_service_with_a_token_for_this_gateway_is_served(
    with_gemini: Flask, token: Any, api: FakeGemini
) -> None:
    client = with_gemini.test_client()
    for role in ("learner", "teacher", "admin"):
        assert check(post(client, token(role)))["code"] == "forbidden"
    for bad in (token(audience="rostrum"), token(minutes=-5), "garbage", ""):
        assert check(post(client, bad))["code"] == "unauthenticated"
    assert client.post(URL, json={}).status_code == 401
    assert client.get("/v1/health").json == {"status": "ok"}
    assert api.requests == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"inputs": INPUTS}, "/idempotency_key"),
        ({"idempotency_key": "a/b", "inputs": INPUTS}, "/idempotency_key"),
        ({"idempotency_key": KEY, "inputs": INPUTS, "model": "best"}, "/model"),
        ({"idempotency_key": KEY, "inputs": INPUTS | {"kind": "song"}}, "/inputs/kind"),
        ({"idempotency_key": KEY, "inputs": {"kind": "read_aloud"}}, "/inputs/analysis"),
    ],
)
def test_a_bad_body_is_a_problem_that_says_where(
    with_gemini: Flask, token: Any, body: Any, pointer: str
) -> None:
    response = post(with_gemini.test_client(), token(), body)
    assert response.status_code == 400
    assert pointer in [fault["pointer"] for fault in check(response)["errors"]]


def test_other_problems_keep_their_kind(with_gemini: Flask, token: Any) -> None:
    client = with_gemini.test_client()
    assert check(post(client, token(), url="/internal/v1/tasks/poetry"))["status"] == 404
    assert check(post(client, token(), ["not", "an", "object"]))["status"] == 400
    huge = {"idempotency_key": KEY, "inputs": INPUTS | {"prompt": {"text": "x" * 2_000_000}}}
    assert check(post(client, token(), huge))["status"] == 413
    assert post(client, token()).status_code == 200
    other = analyses.inputs(analyses.reading(omitted=[8]))
    reused = check(post(client, token(), {"idempotency_key": KEY, "inputs": other}))
    assert (reused["status"], reused["code"]) == (422, "idempotency_key_reused")


def test_the_ledger_keeps_what_a_call_cost(
    with_gemini: Flask, token: Any, database: sa.Engine
) -> None:
    post(with_gemini.test_client(), token())
    found = PostgresDocuments(database, SystemClock()).get(COLLECTION, KEY)
    assert found is not None
    kept = {name: found.data[name] for name in ("status", "paid", "model", "input_tokens")}
    assert kept == {
        "status": "settled",
        "paid": True,
        "model": "gemini-3.5-flash-lite",
        "input_tokens": 1200,
    }
    assert "transcript" not in json.dumps(found.data)
