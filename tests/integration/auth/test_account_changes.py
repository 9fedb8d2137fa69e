"""Profile, forgotten passwords, and changes of password and address."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from run_services.auth import grant
from shared.repositories.accounts.tables import users

EVE, NEW = "eve@example.com", "eve@example.org"
PASSWORD, OTHER = "seven green umbrellas", "eight yellow raincoats"


@pytest.fixture
def session(auth) -> dict:
    auth.register(EVE)
    return auth.login(EVE)


def is_signed_in(auth, session: dict) -> bool:
    return auth.post("refresh", refresh_token=session["refresh_token"]).status_code == 200


def test_the_profile(auth, session: dict, problem) -> None:
    token = session["access_token"]
    read = auth.call("GET", "/v1/users/me", token=token)
    headers = {"If-None-Match": read.headers["ETag"]}
    assert auth.call("GET", "/v1/users/me", token=token, headers=headers).status_code == 304
    changes = {
        "name": "Eve",
        "locale": "pt-BR",
        "time_zone": "America/Sao_Paulo",
        "goals": ["Speak up in meetings", "Rolled r"],
        "keep_recordings": False,
    }
    condition = {"If-Match": read.headers["ETag"]}
    changed = auth.call("PATCH", "/v1/users/me", changes, token=token, headers=condition)
    assert changed.status_code == 200
    assert changed.json == {**read.json, **changes, "updated_at": changed.json["updated_at"]}
    assert changed.headers["ETag"] != read.headers["ETag"]
    late = auth.call("PATCH", "/v1/users/me", {"name": "Adam"}, token=token, headers=condition)
    assert problem(late) == (412, "precondition_failed")
    cleared = auth.call("PATCH", "/v1/users/me", {"name": None}, token=token)
    assert "name" not in cleared.json
    assert cleared.json["goals"] == changes["goals"]
    assert auth.call("PATCH", "/v1/users/me", {}, token=token).json == cleared.json


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"locale": None}, "/locale"),
        ({"goals": ["x"] * 11}, "/goals"),
        ({"goals": ["fine", " "]}, "/goals/1"),
        ({"keep_recordings": "yes"}, "/keep_recordings"),
        ({"name": "a\0b"}, "/name"),
        ({"role": "admin"}, "/role"),
        ({"email": NEW}, "/email"),
    ],
)
def test_what_the_profile_does_not_take(auth, session, problem, change, pointer) -> None:
    refused = auth.call("PATCH", "/v1/users/me", change, token=session["access_token"])
    assert problem(refused) == (400, "invalid_request")
    assert refused.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/users/me"),
        ("PATCH", "/v1/users/me"),
        ("POST", "/v1/auth/logout-all"),
        ("POST", "/v1/auth/change-password"),
        ("POST", "/v1/auth/change-email"),
    ],
)
def test_without_a_token_nothing(auth, problem, method: str, path: str) -> None:
    assert problem(auth.call(method, path)) == (401, "unauthenticated")


def test_a_token_outlives_its_account_in_vain(auth, session: dict, problem) -> None:
    with auth.engine.begin() as connection:
        connection.execute(sa.delete(users))
    gone = auth.call("GET", "/v1/users/me", token=session["access_token"])
    assert problem(gone) == (401, "unauthenticated")


def test_a_forgotten_password(auth, session: dict, problem) -> None:
    assert auth.post("forgot-password", email=EVE).status_code == 202
    token = auth.link(EVE)
    weak = auth.post("reset-password", token=token, password="password12345")
    assert problem(weak) == (400, "password_too_weak")
    assert auth.post("reset-password", token=token, password=OTHER).status_code == 204
    assert auth.mails(EVE)[-1].startswith("Your password was changed")
    assert not is_signed_in(auth, session)
    auth.login(EVE, OTHER)
    used = auth.post("reset-password", token=token, password=PASSWORD)
    assert problem(used) == (400, "link_invalid")
    assert len(auth.audited("password_reset")) == 1


def test_a_reset_lapses_after_an_hour_and_is_no_verification(auth, problem) -> None:
    auth.register(EVE)
    auth.post("forgot-password", email=EVE)
    token = auth.link(EVE)
    assert problem(auth.post("verify-email", token=token)) == (400, "link_invalid")
    auth.clock.advance(timedelta(hours=1))
    late = auth.post("reset-password", token=token, password=OTHER)
    assert problem(late) == (400, "link_invalid")


def test_a_reset_proves_the_address_and_lifts_the_block(auth) -> None:
    auth.post("register", email=EVE, password=PASSWORD)
    for _ in range(6):
        auth.post("login", email=EVE, password="not her password")
    auth.post("forgot-password", email=EVE)
    auth.post("reset-password", token=auth.link(EVE), password=OTHER)
    assert auth.login(EVE, OTHER)["user"]["email_verified"] is True


def test_a_new_password(auth, session: dict, problem) -> None:
    token, other = session["access_token"], auth.login(EVE)

    def change(**body: str):
        return auth.call("POST", "/v1/auth/change-password", body, token=token)

    wrong = change(current_password=OTHER, new_password=OTHER)
    assert problem(wrong) == (403, "password_wrong")
    assert problem(change(new_password=OTHER)) == (403, "password_wrong")
    weak = change(current_password=PASSWORD, new_password="password12345")
    assert problem(weak) == (400, "password_too_weak")
    assert change(current_password=PASSWORD, new_password=OTHER).status_code == 204
    assert is_signed_in(auth, session)
    assert not is_signed_in(auth, other)
    auth.login(EVE, OTHER)
    assert len(auth.audited("password_changed")) == 1
    for _ in range(5):
        assert change(current_password=PASSWORD, new_password=OTHER).status_code == 403
    blocked = change(current_password=OTHER, new_password=PASSWORD)
    assert problem(blocked) == (429, "login_blocked")


def test_a_first_password_needs_a_recent_sign_in(auth, session: dict, problem) -> None:
    with auth.engine.begin() as connection:
        connection.execute(sa.update(users).values(password_hash=None))
    token = session["access_token"]
    assert problem(auth.post("login", email=EVE, password=PASSWORD))[1] == "credentials_invalid"
    auth.clock.advance(timedelta(minutes=11))
    late = auth.post("change-password", token, new_password=OTHER)
    assert problem(late) == (403, "reauthentication_required")
    auth.clock.advance(timedelta(minutes=-11))
    assert auth.post("change-password", token, new_password=OTHER).status_code == 204
    auth.login(EVE, OTHER)


def test_a_new_address(auth, session: dict, problem) -> None:
    token = session["access_token"]
    wrong = auth.post("change-email", token, password=OTHER, new_email=NEW)
    assert problem(wrong) == (403, "password_wrong")
    auth.post("forgot-password", email=EVE)
    reset = auth.link(EVE)
    answer = auth.post("change-email", token, password=PASSWORD, new_email=NEW)
    assert (answer.status_code, answer.json) == (202, {"status": "accepted"})
    assert auth.mails(EVE)[-1].startswith("Your e-mail address is about to change")
    auth.login(EVE)
    assert auth.post("verify-email", token=auth.link(NEW)).status_code == 204
    assert auth.login(NEW)["user"]["email"] == NEW
    assert problem(auth.post("login", email=EVE, password=PASSWORD))[0] == 401
    # A link to the old address no longer opens the account.
    late = auth.post("reset-password", token=reset, password=OTHER)
    assert problem(late) == (400, "link_invalid")
    assert len(auth.audited("email_changed")) == 1


def test_somebody_elses_address_tells_nothing(auth, session: dict, problem) -> None:
    token = session["access_token"]
    auth.register(NEW)
    before = auth.post("change-email", token, password=PASSWORD, new_email="free@example.org")
    taken = auth.post("change-email", token, password=PASSWORD, new_email=NEW)
    assert (taken.status_code, taken.json) == (before.status_code, before.json)
    assert auth.mails(NEW)[-1].startswith("You have an account already")


def test_an_address_taken_meanwhile(auth, session: dict, problem) -> None:
    auth.post("change-email", session["access_token"], password=PASSWORD, new_email=NEW)
    link = auth.link(NEW)
    auth.register(NEW)
    assert problem(auth.post("verify-email", token=link)) == (400, "link_invalid")
    assert auth.login(EVE)["user"]["id"] == session["user"]["id"]


def test_the_first_admin_is_made_by_the_operator(auth, session: dict, monkeypatch) -> None:
    monkeypatch.setenv("ROSTRUM_DATABASE_URL", auth.settings.database_url.get_secret_value())
    assert grant.main(["EVE@example.com", "admin"]) is None
    assert grant.main(["nobody@example.com", "admin"]) is not None
    assert not is_signed_in(auth, session)
    assert auth.login(EVE)["user"]["role"] == "admin"
    (entry,) = auth.audited("role_changed")
    assert entry["actor_id"] == "operator"
    assert entry["details"] == {"role": "admin", "former_role": "learner"}
