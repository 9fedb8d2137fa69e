"""The practice service over its real adapters, every answer held against the contract."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from werkzeug import Request
from werkzeug.test import EnvironBuilder, TestResponse

from run_services.practice.main import create_app
from run_services.practice.settings import Settings
from shared import wiring
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens, create_keys
from shared.adapters.embedded.objects import FolderObjects
from shared.domain.attempt import fail, object_name
from shared.domain.identity import Principal
from shared.repositories.attempts import Attempts
from shared.repositories.features import FeatureStore
from tests.fakes.course_service import FakeCourses

CONTRACT = OpenAPI.from_file_path(
    Path(__file__).parents[3] / "openapi" / "rostrum.yaml",
    config=Config(extra_media_type_deserializers={"application/problem+json": json.loads}),
)


@dataclass
class Practice:
    """A client of the service for any learner."""

    client: Any
    tokens: LocalTokens
    attempts: Attempts
    objects: FolderObjects
    features: FeatureStore
    settings: Settings
    courses: FakeCourses

    def call(
        self,
        method: str,
        path: str,
        *,
        user: str | None = "eve",
        role: str = "learner",
        **options: Any,
    ) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if user:
            token = self.tokens.issue(Principal(user, role), "rostrum", timedelta(minutes=5))
            headers["Authorization"] = f"Bearer {token}"
        response = self.client.open(path, method=method, headers=headers, **options)
        asked = Request(EnvironBuilder(method=method, path=path).get_environ())
        CONTRACT.validate_response(WerkzeugOpenAPIRequest(asked), WerkzeugOpenAPIResponse(response))
        return response

    def create(self, user: str = "eve", **changes: Any) -> dict[str, Any]:
        body = {
            "kind": "read_aloud",
            "prompt": {"text": "The doctor thought."},
            "recording": {"content_type": "audio/webm"},
        }
        response = self.call("POST", "/v1/attempts", user=user, json={**body, **changes})
        assert response.status_code == 201, response.text
        return json.loads(response.text)

    def upload(self, created: dict[str, Any]) -> None:
        """What the client's PUT does, at the store's own door."""
        query = dict(parse_qsl(urlsplit(created["upload"]["url"]).query))
        headers = {k.lower(): v for k, v in created["upload"]["headers"].items()}
        name = object_name(created["user_id"], created["id"])
        self.objects.receive(name, query, headers, io.BytesIO(b"sound"))

    def internal(self, method: str, path: str, caller: str = "account_eraser") -> TestResponse:
        """A call of another deployable; the public contract does not cover these routes."""
        tokens = wiring.token_issuer(self.settings)
        token = tokens.issue(Principal(caller, "service"), "practice", timedelta(minutes=5))
        headers = {"Authorization": f"Bearer {token}"}
        response: TestResponse = self.client.open(path, method=method, headers=headers)
        return response

    def end(self, attempt_id: str, code: str) -> None:
        now = SystemClock().now()
        self.attempts.update(attempt_id, lambda attempt: fail(attempt, code, now))


@pytest.fixture
def courses() -> Iterator[FakeCourses]:
    with FakeCourses() as fake:
        yield fake


@pytest.fixture
def practice(
    database: sa.Engine, postgres_url: str, tmp_path: Path, courses: FakeCourses
) -> Practice:
    create_keys(tmp_path / "tokens")
    settings = Settings(
        database_url=postgres_url,
        objects_dir=tmp_path / "objects",
        objects_url="http://127.0.0.1:8080/storage",
        objects_secret="s" * 64,
        token_keys=tmp_path / "tokens",
        course_url=courses.url,
    )
    return Practice(
        client=create_app(settings).test_client(),
        tokens=LocalTokens(tmp_path / "tokens", "rostrum-local", "rostrum", SystemClock()),
        attempts=wiring.attempts(settings),
        objects=wiring.embedded_objects(settings, "uploads"),
        features=wiring.features(settings),
        settings=settings,
        courses=courses,
    )


@pytest.fixture
def problem() -> Callable[[TestResponse], tuple[int, str]]:
    """Status and code of an answer that must be a problem document."""

    def read(response: TestResponse) -> tuple[int, str]:
        assert response.content_type == "application/problem+json"
        assert response.json["status"] == response.status_code
        assert len(response.json["trace_id"]) == 32
        assert response.json["type"] == f"/problems/{response.json['code']}"
        return response.status_code, response.json["code"]

    return read
