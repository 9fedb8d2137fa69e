"""What an answer waits for: the same for everyone, and no row is locked meanwhile."""

from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from run_services.auth.data_rights.assembly import data_rights
from shared.domain.errors import Unavailable
from shared.repositories.accounts.tables import audit_log, users
from tests.fakes.authenticator import PASSWORD

EVE = "eve@example.com"


def test_nothing_is_added_before_a_registration_is_answered(auth: Any) -> None:
    go = Event()
    for _ in range(4):
        auth.ports.background.submit(lambda: go.wait(30))
    try:
        assert auth.post("register", email=EVE, password=PASSWORD).status_code == 202
        with auth.engine.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(users)) == 0
    finally:
        go.set()
    assert auth.post("verify-email", token=auth.link(EVE)).status_code == 204
    assert auth.login(EVE)["user"]["email"] == EVE


@pytest.fixture
def signing(auth: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The users whose token was signed; each could be changed by others meanwhile."""
    issue, signed = auth.ports.tokens.issue, []

    def watched(principal: Any, *terms: Any) -> str:
        with auth.engine.begin() as connection:
            mine = sa.select(users.c.id).where(users.c.id == principal.id)
            signed.append(connection.scalar(mine.with_for_update(nowait=True)))
        return issue(principal, *terms)

    monkeypatch.setattr(auth.ports.tokens, "issue", watched)
    return signed


def test_no_user_is_locked_while_a_token_is_signed(auth: Any, signing: list[str]) -> None:
    auth.register(EVE)
    session = auth.login(EVE)
    assert auth.post("refresh", refresh_token=session["refresh_token"]).status_code == 200
    assert signing == [session["user"]["id"]] * 2


def test_a_role_changed_while_the_token_was_signed_counts(
    auth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth.register(EVE)
    session = auth.login(EVE)
    issue, roles = auth.ports.tokens.issue, []

    def promoted(principal: Any, *terms: Any) -> str:
        roles.append(principal.role)
        with auth.engine.begin() as connection:
            connection.execute(sa.update(users).values(role="teacher"))
        return issue(principal, *terms)

    monkeypatch.setattr(auth.ports.tokens, "issue", promoted)
    assert auth.post("refresh", refresh_token=session["refresh_token"]).status_code == 200
    assert roles == ["learner", "teacher"]


def test_a_signer_that_is_away_blocks_no_account(
    make_auth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise Unavailable("The signer is away.", code="signer_unavailable")

    auth = make_auth(login_failures=2)
    auth.register(EVE)
    with monkeypatch.context() as patch:
        patch.setattr(auth.ports.tokens, "issue", fail)
        for _ in range(5):
            assert auth.post("login", email=EVE, password=PASSWORD).status_code == 503
    assert auth.login(EVE)


def test_the_log_forgets_what_it_was_told_after_an_erasure(auth: Any) -> None:
    auth.register(EVE)
    session = auth.login(EVE)
    go = Event()
    for _ in range(4):
        auth.ports.background.submit(lambda: go.wait(30))
    try:
        wrong = auth.post("login", email=EVE, password="not the password")
        assert wrong.status_code == 401
        gone = auth.call("DELETE", "/v1/users/me", token=session["access_token"])
        assert gone.status_code == 202
    finally:
        go.set()
    assert len(auth.audited("login_failed")) == 1
    data_rights(auth.settings, auth.ports.database, auth.clock).data.erase(session["user"]["id"])
    with auth.engine.connect() as connection:
        named = sa.select(audit_log.c.action).where(audit_log.c.actor_id == session["user"]["id"])
        assert connection.execute(named).all() == []


def test_any_version_may_be_changed(auth: Any) -> None:
    auth.register(EVE)
    token = auth.login(EVE)["access_token"]
    for versions, status in [("*", 200), ('"0.0"', 412), ('W/"2.0"', 428)]:
        headers = {"If-Match": versions}
        changed = auth.call("PATCH", "/v1/users/me", {"name": "E"}, token=token, headers=headers)
        assert changed.status_code == status
