"""Exports: asked for, reported, downloaded; seen by their user alone."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Never

import httpx
import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from shared import wiring
from shared.adapters.embedded.events import PostgresEvents, Subscription
from shared.domain.identity import Principal

if TYPE_CHECKING:
    from tests.integration.auth.conftest import Auth

Problem = Callable[[TestResponse], tuple[int, str]]
PATH = "/v1/users/me/exports"
PASSWORD = "seven green umbrellas"


@pytest.fixture
def internal(auth: "Auth") -> Callable[..., TestResponse]:
    """A call of another deployable."""

    def call(method: str, path: str, body: Any = None) -> TestResponse:
        token = wiring.token_issuer(auth.settings).issue(
            Principal("account_exporter", "service"), "auth", timedelta(minutes=5)
        )
        headers = {"Authorization": f"Bearer {token}"}
        response: TestResponse = auth.client.open(path, method=method, json=body, headers=headers)
        return response

    return call


@pytest.fixture
def eve(auth: "Auth") -> dict[str, Any]:
    auth.register("eve@example.com")
    return auth.login("eve@example.com")


def test_an_export_is_announced_and_pending(auth: "Auth", eve: dict[str, Any]) -> None:
    events = wiring.embedded_events(auth.settings)
    subscription = Subscription("x", "account-export-requested", "http://unused")
    events.subscribe(subscription)
    asked = auth.call("POST", PATH, token=eve["access_token"])
    assert (asked.status_code, asked.json["status"]) == (202, "pending")
    assert asked.headers["Location"] == f"{PATH}/{asked.json['id']}"
    assert events.claim(subscription) is not None
    read = auth.call("GET", f"{PATH}/{asked.json['id']}", token=eve["access_token"])
    assert read.json == asked.json
    assert int(read.headers["Retry-After"]) >= 1
    assert len(auth.audited("export_requested")) == 1


def test_one_at_a_time(auth: "Auth", eve: dict[str, Any], problem: Problem) -> None:
    token = eve["access_token"]
    first = auth.call("POST", PATH, token=token, headers={"Idempotency-Key": "k"})
    again = auth.call("POST", PATH, token=token, headers={"Idempotency-Key": "k"})
    assert again.json == first.json
    assert problem(auth.call("POST", PATH, token=token)) == (409, "export_pending")


def test_a_reported_export_can_be_downloaded_again_and_again(
    auth: "Auth", eve: dict[str, Any], internal: Any
) -> None:
    token, user_id = eve["access_token"], eve["user"]["id"]
    export_id = auth.call("POST", PATH, token=token).json["id"]
    bucket = wiring.embedded_objects(auth.settings, "exports")
    bucket.write(f"{user_id}/{export_id}.zip", b"zip", "application/zip")
    report = {"user_id": user_id, "status": "ready", "bytes": 3}
    for _ in range(2):
        assert internal("POST", f"/internal/v1/exports/{export_id}", report).status_code == 204
    first = auth.call("GET", f"{PATH}/{export_id}", token=token).json
    assert (first["status"], first["download"]["bytes"]) == ("ready", 3)
    url = httpx.URL(first["download"]["url"])
    assert url.path.endswith(f"/exports/{user_id}/{export_id}.zip")
    info, data = bucket.opened(f"{user_id}/{export_id}.zip", dict(url.params))
    assert (info.content_type, data.read()) == ("application/zip", b"zip")
    data.close()
    auth.clock.advance(timedelta(minutes=5))
    later = auth.call("GET", f"{PATH}/{export_id}", token=token).json
    assert later["download"]["expires_at"] > first["download"]["expires_at"]
    bucket.delete(f"{user_id}/{export_id}.zip")
    purged = auth.call("GET", f"{PATH}/{export_id}", token=token).json
    assert purged["status"] == "ready"
    assert "download" not in purged
    assert auth.call("POST", PATH, token=token).status_code == 202


def test_an_export_that_failed_or_takes_too_long(
    auth: "Auth", eve: dict[str, Any], internal: Any
) -> None:
    token, user_id = eve["access_token"], eve["user"]["id"]
    failed = auth.call("POST", PATH, token=token).json["id"]
    report = {"user_id": user_id, "status": "failed"}
    assert internal("POST", f"/internal/v1/exports/{failed}", report).status_code == 204
    assert auth.call("GET", f"{PATH}/{failed}", token=token).json["status"] == "failed"
    stuck = auth.call("POST", PATH, token=token).json["id"]
    auth.clock.advance(timedelta(days=1, minutes=1))
    token = auth.login("eve@example.com")["access_token"]
    assert auth.call("GET", f"{PATH}/{stuck}", token=token).json["status"] == "failed"
    assert auth.call("POST", PATH, token=token).status_code == 202


def test_a_lost_announcement_is_made_up_for(
    auth: "Auth", eve: dict[str, Any], internal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> Never:
        raise KeyboardInterrupt

    events = wiring.embedded_events(auth.settings)
    subscription = Subscription("x", "account-export-requested", "http://unused")
    events.subscribe(subscription)
    with monkeypatch.context() as patch:
        patch.setattr(PostgresEvents, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            auth.call("POST", PATH, token=eve["access_token"])
    for waited, announced in [(14, False), (2, True), (1, False)]:
        auth.clock.advance(timedelta(minutes=waited))
        assert internal("POST", "/internal/v1/exports/sweep").status_code == 204
        assert (events.claim(subscription) is not None) == announced


def test_another_users_export_does_not_exist(
    auth: "Auth", eve: dict[str, Any], problem: Problem, internal: Any
) -> None:
    export_id = auth.call("POST", PATH, token=eve["access_token"]).json["id"]
    auth.register("ann@example.com")
    ann = auth.login("ann@example.com")
    read = auth.call("GET", f"{PATH}/{export_id}", token=ann["access_token"])
    assert problem(read) == (404, "export_not_found")
    report = {"user_id": ann["user"]["id"], "status": "ready"}
    assert internal("POST", f"/internal/v1/exports/{export_id}", report).status_code == 404
    assert internal("POST", f"/internal/v1/exports/{export_id}", {}).status_code == 400
    assert auth.call("GET", f"{PATH}/x", token=ann["access_token"]).status_code == 404


def test_what_auth_holds_without_what_signs_in(
    auth: "Auth", eve: dict[str, Any], internal: Any
) -> None:
    user_id, token = eve["user"]["id"], eve["access_token"]
    auth.post("change-email", token, password=PASSWORD, new_email="eve@example.org")
    auth.settle()
    data = internal("GET", f"/internal/v1/users/{user_id}/data").json
    user = data["user"]
    assert user.pop("last_login_at") == data["sessions"][0]["created_at"]
    assert user == {**eve["user"], "disabled": False}
    assert data["links"][0]["new_email"] == "eve@example.org"
    assert len(data["sessions"]) == 1
    assert {entry["action"] for entry in data["audit_log"]}
    with auth.engine.connect() as connection:
        hashed = connection.execute(sa.text("SELECT password_hash FROM auth.users")).scalar_one()
    text = json.dumps(data)
    assert not any(secret in text for secret in (hashed, eve["refresh_token"], "hash"))
    assert internal("GET", "/internal/v1/users/nobody/data").status_code == 404


def test_internal_routes_are_for_deployables(auth: "Auth", eve: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {eve['access_token']}"}
    for method, path in [
        ("GET", f"/internal/v1/users/{eve['user']['id']}/data"),
        ("DELETE", f"/internal/v1/users/{eve['user']['id']}/data"),
        ("POST", "/internal/v1/exports/x"),
        ("POST", "/internal/v1/erasures/x/finished"),
        ("POST", "/internal/v1/erasures/sweep"),
        ("POST", "/internal/v1/exports/sweep"),
    ]:
        assert auth.client.open(path, method=method).status_code == 401
        assert auth.client.open(path, method=method, headers=headers).status_code in (401, 403)
