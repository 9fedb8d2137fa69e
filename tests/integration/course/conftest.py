"""The course service over its real adapters, every answer held against the contract."""

import io
import json
from collections.abc import Callable
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

from run_services.course.main import create_app
from run_services.course.migrate import SCHEMA, SCRIPTS
from run_services.course.settings import Settings
from shared import wiring
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens, create_keys
from shared.adapters.embedded.objects import FolderObjects
from shared.adapters.postgresql.migrations import upgrade
from shared.domain.course import media_object
from shared.domain.identity import Principal
from shared.repositories.courses.tables import metadata
from tests.fakes.course_contents import content

CONTRACT = OpenAPI.from_file_path(
    Path(__file__).parents[3] / "openapi" / "rostrum.yaml",
    config=Config(extra_media_type_deserializers={"application/problem+json": json.loads}),
)
ROLES = {"eve": "learner", "tom": "teacher", "tina": "teacher", "ada": "admin"}


@dataclass
class Course:
    """A client of the service for any user; `eve` learns, `tom` and `tina` teach, `ada` rules."""

    app: Any
    tokens: LocalTokens
    objects: FolderObjects
    settings: Settings

    def call(
        self,
        method: str,
        path: str,
        *,
        user: str | None = "eve",
        second_factor: bool = False,
        **options: Any,
    ) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if user:
            role = ROLES.get(user, "learner")
            caller = Principal(user, role, "a-session", 1, second_factor)
            token = self.tokens.issue(caller, "rostrum", timedelta(minutes=5))
            headers["Authorization"] = f"Bearer {token}"
        response = self._open(path, method=method, headers=headers, **options)
        asked = Request(EnvironBuilder(method=method, path=path).get_environ())
        CONTRACT.validate_response(WerkzeugOpenAPIRequest(asked), WerkzeugOpenAPIResponse(response))
        return response

    def internal(self, method: str, path: str, **options: Any) -> TestResponse:
        """A call of another deployable; the public contract does not cover these routes."""
        tokens = wiring.token_issuer(self.settings)
        token = tokens.issue(Principal("practice", "service"), "course", timedelta(minutes=5))
        headers = {"Authorization": f"Bearer {token}"}
        return self._open(path, method=method, headers=headers, **options)

    def _open(self, path: str, **options: Any) -> TestResponse:
        response: TestResponse = self.app.test_client().open(path, **options)
        return response

    def created(self, body: dict[str, Any] | None = None, user: str = "tom") -> str:
        response = self.call("POST", "/v1/courses", user=user, json=body or content())
        assert response.status_code == 201, response.text
        return str(response.json["id"])

    def published(self, body: dict[str, Any] | None = None, user: str = "tom") -> str:
        course_id = self.created(body, user)
        self.publish(course_id, user)
        return course_id

    def publish(self, course_id: str, user: str = "tom") -> int:
        response = self.call("POST", f"/v1/courses/{course_id}/publish", user=user)
        assert response.status_code == 201, response.text
        return int(response.json["version"])

    def put_draft(self, course_id: str, body: dict[str, Any], user: str = "tom") -> None:
        etag = self.call("GET", f"/v1/courses/{course_id}/draft", user=user).headers["ETag"]
        response = self.call(
            "PUT",
            f"/v1/courses/{course_id}/draft",
            user=user,
            json=body,
            headers={"If-Match": etag},
        )
        assert response.status_code == 200, response.text

    def upload(self, course_id: str, name: str, data: bytes, content_type: str) -> None:
        """Announce a file and PUT it, at the store's own door."""
        body = {"name": name, "content_type": content_type, "bytes": len(data)}
        answer = self.call("POST", f"/v1/courses/{course_id}/media", user="tom", json=body)
        assert answer.status_code == 201, answer.text
        self.put(course_id, name, answer.json["upload"], data)

    def put(self, course_id: str, name: str, upload: dict[str, Any], data: bytes) -> None:
        query = dict(parse_qsl(urlsplit(upload["url"]).query))
        headers = {k.lower(): v for k, v in upload["headers"].items()}
        self.objects.receive(media_object(course_id, name), query, headers, io.BytesIO(data))

    def complete(self, course_id: str, lesson: str, prompt: str, version: int = 1) -> None:
        body = {
            "user_id": "eve",
            "course_id": course_id,
            "lesson_id": lesson,
            "prompt_id": prompt,
            "attempt_id": SystemClock().new_id(),
            "version": version,
        }
        response = self.internal("POST", "/internal/v1/completions", json=body)
        assert response.status_code == 204, response.text


@pytest.fixture
def course_database(database: sa.Engine) -> sa.Engine:
    """The schema `course`, empty."""
    upgrade(database, SCRIPTS, SCHEMA)
    with database.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    return database


@pytest.fixture
def course(course_database: sa.Engine, postgres_url: str, tmp_path: Path) -> Course:
    create_keys(tmp_path / "tokens")
    settings = Settings(
        database_url=postgres_url,
        objects_dir=tmp_path / "objects",
        objects_url="http://127.0.0.1:8080/storage",
        objects_secret="s" * 64,
        token_keys=tmp_path / "tokens",
    )
    return Course(
        app=create_app(settings),
        tokens=LocalTokens(tmp_path / "tokens", "rostrum-local", "rostrum", SystemClock()),
        objects=wiring.embedded_objects(settings, "materials"),
        settings=settings,
    )


@pytest.fixture
def problem() -> Callable[[TestResponse], tuple[int, str]]:
    """Status and code of an answer that must be a problem document."""

    def read(response: TestResponse) -> tuple[int, str]:
        assert response.content_type == "application/problem+json"
        assert response.json["status"] == response.status_code
        assert response.json["type"] == f"/problems/{response.json['code']}"
        return response.status_code, response.json["code"]

    return read
