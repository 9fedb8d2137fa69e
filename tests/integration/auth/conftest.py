"""The auth service over its real adapters, every answer held against the contract."""

import email
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email import policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from werkzeug import Request
from werkzeug.test import EnvironBuilder, TestResponse

from run_services.auth import assembly
from run_services.auth.main import create_app
from run_services.auth.migrate import SCHEMA, SCRIPTS
from run_services.auth.settings import Settings
from shared.adapters.embedded.signing_keys import create_keys
from shared.adapters.postgresql.migrations import upgrade
from shared.repositories.accounts.tables import metadata
from tests.fakes.passwords import CountedPasswords
from tests.fakes.shifted_clock import ShiftedClock

CONTRACT = OpenAPI.from_file_path(
    Path(__file__).parents[3] / "openapi" / "rostrum.yaml",
    config=Config(extra_media_type_deserializers={"application/problem+json": json.loads}),
)
PASSWORD = "seven green umbrellas"


@dataclass
class Auth:
    """A client of the service, and what stands behind it."""

    client: Any
    settings: Settings
    clock: ShiftedClock
    ports: assembly.Ports
    passwords: CountedPasswords
    engine: sa.Engine

    def call(
        self, method: str, path: str, json: Any = None, *, token: str | None = None, **options: Any
    ) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if json is not None:
            options["json"] = json
        response = self.client.open(path, method=method, headers=headers, **options)
        asked = Request(EnvironBuilder(method=method, path=path).get_environ())
        CONTRACT.validate_response(WerkzeugOpenAPIRequest(asked), WerkzeugOpenAPIResponse(response))
        return response

    def post(self, operation: str, bearer: str | None = None, **body: Any) -> TestResponse:
        return self.call("POST", f"/v1/auth/{operation}", body, token=bearer)

    def settle(self) -> None:
        """Return once what was looked up in the background has been sent, too."""
        self.ports.background.join()
        self.ports.post.join()

    def mails(self, to: str) -> list[str]:
        """Subject and text of the mails to that address, oldest first."""
        self.settle()
        found = []
        for file in sorted(self.settings.mail_outbox.glob("*.eml")):
            mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            if mail["To"] == to:
                found.append(f"{mail['Subject']}\n{mail.get_content()}")
        return found

    def link(self, to: str) -> str:
        """The token of the link mailed last."""
        found = re.search(r"\?token=([A-Za-z0-9_-]+)", self.mails(to)[-1])
        assert found
        return found[1]

    def register(self, address: str, password: str = PASSWORD) -> None:
        """An account with a confirmed address."""
        assert self.post("register", email=address, password=password).status_code == 202
        assert self.post("verify-email", token=self.link(address)).status_code == 204

    def login(self, address: str, password: str = PASSWORD, **more: Any) -> dict[str, Any]:
        response = self.post("login", email=address, password=password, **more)
        assert response.status_code == 200, response.text
        return response.json

    def audited(self, action: str) -> list[sa.RowMapping]:
        self.settle()
        log = metadata.tables["auth.audit_log"]
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(log).where(log.c.action == action).order_by("id"))
            return list(rows.mappings())


@pytest.fixture(scope="session")
def auth_schema(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    upgrade(engine, SCRIPTS, SCHEMA)
    engine.dispose()


@pytest.fixture
def make_auth(
    database: sa.Engine, postgres_url: str, auth_schema: None, tmp_path: Path
) -> Callable[..., Auth]:
    """The service with other settings than usual."""
    with database.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    create_keys(tmp_path / "tokens")

    def make(**changes: Any) -> Auth:
        usual = {
            "database_url": postgres_url,
            "objects_dir": tmp_path / "objects",
            "objects_url": "http://127.0.0.1:8080/storage",
            "objects_secret": "s" * 64,
            "token_keys": tmp_path / "tokens",
            "mail_outbox": tmp_path / "mail",
            "public_url": "http://127.0.0.1:8080",
            "refresh_secret": "r" * 64,
            "totp_key": "t" * 64,
            "requests_per_minute": 1000,
            "mails_per_hour": 1000,
        }
        settings = Settings(**{**usual, **changes})
        clock, passwords = ShiftedClock(), CountedPasswords()
        ports = replace(assembly.ports(settings), clock=clock, passwords=passwords)
        client = create_app(settings, ports).test_client()
        return Auth(client, settings, clock, ports, passwords, database)

    return make


@pytest.fixture
def auth(make_auth: Callable[..., Auth]) -> Auth:
    return make_auth()


@pytest.fixture
def problem() -> Callable[[TestResponse], tuple[int, str]]:
    """Status and code of an answer that must be a problem document."""

    def read(response: TestResponse) -> tuple[int, str]:
        assert response.content_type == "application/problem+json", response.text
        assert response.json["status"] == response.status_code
        assert len(response.json["trace_id"]) == 32
        assert response.json["type"] == f"/problems/{response.json['code']}"
        return response.status_code, response.json["code"]

    return read
