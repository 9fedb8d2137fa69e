"""No attack on a token is accepted by a service that is reached around the gateway."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.signing_keys import PrivateKeys, create_keys
from tests.fakes.jwt_attacks import ATTACKS, Attack, Signer
from tests.fakes.services import PACKAGES, app_of, disconnect, secured_routes

ISSUER = "rostrum-local"


@dataclass
class Door:
    """One secured route of a service, and who signs the tokens it takes."""

    client: Any
    method: str
    path: str
    signer: Signer

    def status(self, attack: Attack | None = None, **claims: Any) -> int:
        headers = [("Authorization", f"Bearer {self.signer.token(**claims)}")]
        query = ""
        if attack is not None:
            headers, query = attack.request(self.signer)
        answer = self.client.open(
            self.path, method=self.method, headers=headers, query_string=query
        )
        if answer.status_code in (401, 403):
            assert answer.content_type == "application/problem+json"
            assert answer.json["status"] == answer.status_code
        return answer.status_code


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    create_keys(folder)
    return folder


@pytest.fixture(scope="module")
def doors(keys: Path, postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """By package, its first secured route for users and its first one for services."""

    @cache
    def of(package: str) -> dict[str, Door]:
        folder = tmp_path_factory.mktemp(package)
        app = app_of(
            package,
            database_url=postgres_url,
            objects_dir=folder / "objects",
            token_keys=keys,
            mail_outbox=folder / "mail",
        )
        kid, key = PrivateKeys(keys).current(SystemClock().now())
        found: dict[str, Door] = {}
        for method, path in secured_routes(app).values():
            internal = path.startswith("/internal/")
            signer = (
                Signer(key, kid, ISSUER, "at+jwt", package, "service", ("rostrum", "learner"))
                if internal
                else Signer(key, kid, ISSUER, other=(package, "service"))
            )
            kind = "service" if internal else "user"
            found.setdefault(kind, Door(app.test_client(), method, path, signer))
        assert found
        return found

    yield of
    disconnect(postgres_url)


def test_every_service_is_attacked() -> None:
    assert {"ai_gateway", "auth", "course", "practice"} <= set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_service_refuses(doors: Any, package: str, attack: Attack) -> None:
    for door in doors(package).values():
        assert door.status(attack) in (401, 403), door


@pytest.mark.parametrize("package", PACKAGES)
def test_the_key_in_these_cases_is_the_right_one(doors: Any, package: str) -> None:
    for kind, door in doors(package).items():
        roles = ["service"] if kind == "service" else ["learner", "teacher", "admin"]
        assert any(door.status(role=role) not in (401, 403) for role in roles), door


@pytest.mark.parametrize("package", PACKAGES)
def test_the_right_audience_does_not_make_up_for_the_role(doors: Any, package: str) -> None:
    for door in doors(package).values():
        assert door.status(role=door.signer.other[1]) == 403, door
