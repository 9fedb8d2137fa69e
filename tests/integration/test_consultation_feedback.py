"""Consultation feedback over HTTP: counted, written once, held against the contract."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa
import yaml
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from run_services.ai_gateway.main import create_app
from run_services.ai_gateway.settings import Settings
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens, create_keys
from shared.domain.identity import Principal
from tests.fakes import consultations

URL = "/internal/v1/tasks/consultation_feedback"
KEY = "0197b2c4-9d1e-7c3a-8f00-2b6c1d4e5f60:consultation_feedback:1"
CONTRACT = yaml.safe_load(Path("openapi/ai_gateway.yaml").read_text(encoding="utf-8"))
OPERATION = CONTRACT["paths"][URL]["post"]
Post = Callable[..., TestResponse]


@pytest.fixture
def post(tmp_path: Path, postgres_url: str, database: sa.Engine) -> Post:
    create_keys(tmp_path)
    settings = Settings(database_url=postgres_url, token_keys=tmp_path)
    tokens = LocalTokens(tmp_path, settings.token_issuer, "", SystemClock())
    client: FlaskClient = create_app(settings).test_client()

    def send(body: Any = None, *, role: Any = "service", audience: str = "ai_gateway") -> Any:
        token = tokens.issue(Principal("practice", role), audience, timedelta(minutes=5))
        if body is None:
            body = {"idempotency_key": KEY, "inputs": consultations.inputs()}
        response = client.post(URL, json=body, headers={"Authorization": f"Bearer {token}"})
        assert str(response.status_code) in OPERATION["responses"]
        name = "ConsultationResult" if response.status_code == 200 else "Problem"
        schema = {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}
        jsonschema.validate(response.json, schema)
        return response

    return send


def test_it_is_counted_and_written_once(post: Post) -> None:
    first, again = post(), post()
    assert first.json["figures"]["open_questions"] == 2
    assert {"move": "open_question", "turn": 0, "first": 11, "last": 14} in first.json["indicators"]
    assert first.json["feedback"]["task"] == "consultation_feedback"
    assert first.json["feedback"]["written_by"] == "rubric"
    assert (first.json["replayed"], again.json["replayed"]) == (False, True)
    assert again.json == first.json | {"replayed": True}


def test_the_contracts_example_is_what_is_answered(post: Post) -> None:
    example = OPERATION["requestBody"]["content"]["application/json"]["example"]
    expected = OPERATION["responses"]["200"]["content"]["application/json"]["example"]
    answer = post(example).json
    assert {name: answer[name] for name in ("figures", "indicators", "replayed")} == {
        name: expected[name] for name in ("figures", "indicators", "replayed")
    }
    assert answer["feedback"]["summary"] == expected["feedback"]["summary"]
    assert answer["feedback"]["strengths"][0] == expected["feedback"]["strengths"][0]
    assert answer["feedback"]["improvements"][0] == expected["feedback"]["improvements"][0]


def test_the_key_with_another_consultation_is_refused(post: Post) -> None:
    post()
    other = consultations.inputs(*consultations.CLOSED)
    refused = post({"idempotency_key": KEY, "inputs": other})
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")


def test_three_parties_are_no_consultation(post: Post) -> None:
    lines = (("nurse", "Hello."), ("patient", "Hello."), ("visitor", "Hello."))
    refused = post({"idempotency_key": KEY, "inputs": consultations.inputs(*lines)})
    assert (refused.status_code, refused.json["code"]) == (400, "invalid_request")
    assert refused.json["errors"][0]["pointer"] == "/inputs"


def test_only_services_may_ask(post: Post) -> None:
    assert post(role="learner").status_code in (401, 403)
    assert post(audience="practice").status_code == 401
