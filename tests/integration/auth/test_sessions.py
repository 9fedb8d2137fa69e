"""Sign-in, refresh and sign-out."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from run_services.auth.passwords import Passwords
from shared.domain.errors import Unavailable
from shared.repositories.accounts.tables import refresh_tokens, sessions, users

EVE = "eve@example.com"
CLIENT = "the-browser-of-eve"
PASSWORD = "seven green umbrellas"


@pytest.fixture
def session(auth) -> dict:
    auth.register(EVE)
    return auth.login(EVE, client_id=CLIENT)


def refresh(auth, token: str, client: str | None = CLIENT):
    body = {"refresh_token": token} | ({"client_id": client} if client else {})
    return auth.call("POST", "/v1/auth/refresh", body)


def claims(access_token: str) -> dict:
    part = access_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_what_an_access_token_says(auth, session: dict) -> None:
    said = claims(session["access_token"])
    assert (said["iss"], said["aud"], said["role"]) == ("rostrum-local", "rostrum", "learner")
    assert said["sub"] == session["user"]["id"]
    assert said["amr"] == ["pwd"]
    assert said["exp"] - said["iat"] == 900
    renewed = refresh(auth, session["refresh_token"]).json
    again = claims(renewed["access_token"])
    assert again["jti"] != said["jti"]
    assert (again["sid"], again["auth_time"]) == (said["sid"], said["auth_time"])


def test_tokens_are_kept_as_hashes_alone(auth, session: dict) -> None:
    renewed = refresh(auth, session["refresh_token"]).json["refresh_token"]
    with auth.engine.connect() as connection:
        kept = [
            str(row)
            for table in (refresh_tokens, sessions, users)
            for row in connection.execute(sa.select(table))
        ]
    assert kept
    for secret in (session["refresh_token"], renewed, PASSWORD):
        assert not any(secret in row for row in kept)


def test_a_wrong_password_and_an_unknown_address(auth, session, problem) -> None:
    wrong = auth.post("login", email=EVE, password="not her password")
    unknown = auth.post("login", email="nobody@example.com", password="not her password")
    assert problem(wrong) == problem(unknown) == (401, "credentials_invalid")
    assert len(auth.audited("login_failed")) == 1


def test_a_disabled_account_after_the_right_password_alone(auth, session, problem) -> None:
    with auth.engine.begin() as connection:
        connection.execute(sa.update(users).values(disabled_at=auth.clock.now()))
    right = auth.post("login", email=EVE, password=PASSWORD)
    wrong = auth.post("login", email=EVE, password="not her password")
    assert problem(right) == (403, "account_disabled")
    assert problem(wrong) == (401, "credentials_invalid")
    assert problem(refresh(auth, session["refresh_token"])) == (401, "refresh_token_invalid")


def test_a_refresh_reads_the_role_again(auth, session: dict) -> None:
    with auth.engine.begin() as connection:
        connection.execute(sa.update(users).values(role="teacher"))
    renewed = refresh(auth, session["refresh_token"]).json
    assert claims(renewed["access_token"])["role"] == renewed["user"]["role"] == "teacher"


def test_a_lost_answer_can_be_asked_for_again(auth, session: dict, problem) -> None:
    first = refresh(auth, session["refresh_token"]).json
    auth.clock.advance(timedelta(seconds=9))
    again = refresh(auth, session["refresh_token"]).json
    assert again["refresh_token"] == first["refresh_token"]
    assert again["refresh_expires_at"] == first["refresh_expires_at"]
    assert refresh(auth, again["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "how", ["late", "after the successor", "by another client", "by no client"]
)
def test_reuse_ends_the_session(auth, session: dict, problem, how: str) -> None:
    successor = refresh(auth, session["refresh_token"]).json["refresh_token"]
    client: str | None = CLIENT
    if how == "late":
        auth.clock.advance(timedelta(seconds=11))
    elif how == "after the successor":
        successor = refresh(auth, successor).json["refresh_token"]
    else:
        client = "the-browser-of-mallory" if how == "by another client" else None
    reused = refresh(auth, session["refresh_token"], client)
    assert problem(reused) == (401, "refresh_token_reused")
    assert problem(refresh(auth, successor)) == (401, "refresh_token_invalid")
    (entry,) = auth.audited("refresh_token_reused")
    assert entry["subject_id"] == session["user"]["id"]


def test_a_fresh_token_is_of_no_use_to_another_client(auth, session: dict, problem) -> None:
    stolen = refresh(auth, session["refresh_token"], "the-browser-of-mallory")
    assert problem(stolen) == (401, "refresh_token_reused")


def test_a_token_lapses_unused_after_a_week(auth, session: dict, problem) -> None:
    auth.clock.advance(timedelta(days=7))
    assert problem(refresh(auth, session["refresh_token"])) == (401, "refresh_token_invalid")


def test_nobody_stays_signed_in_for_ever(auth, session: dict, problem) -> None:
    token = session["refresh_token"]
    for _ in range(14):
        auth.clock.advance(timedelta(days=6))
        token = refresh(auth, token).json["refresh_token"]
    auth.clock.advance(timedelta(days=6))
    assert problem(refresh(auth, token)) == (401, "refresh_token_invalid")
    with auth.engine.connect() as connection:
        # What has lapsed is cleared away as the session goes on.
        assert connection.scalar(sa.select(sa.func.count()).select_from(refresh_tokens)) <= 3


def test_fifty_refreshes_at_once_get_one_successor(auth, session: dict) -> None:
    together = Barrier(50)

    def one(_: int):
        client = auth.client.application.test_client()
        together.wait()
        body = {"refresh_token": session["refresh_token"], "client_id": CLIENT}
        return client.post("/v1/auth/refresh", json=body)

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(one, range(50)))
    assert {answer.status_code for answer in answers} == {200}
    (successor,) = {answer.json["refresh_token"] for answer in answers}
    assert refresh(auth, successor).status_code == 200
    assert auth.audited("refresh_token_reused") == []


def test_what_is_no_token(auth, problem) -> None:
    assert problem(refresh(auth, "x" * 43)) == (401, "refresh_token_invalid")
    assert problem(refresh(auth, "")) == (400, "invalid_request")
    assert auth.post("logout", refresh_token="x" * 43).status_code == 204


def test_a_used_token_signs_out_as_well(auth, session: dict, problem) -> None:
    successor = refresh(auth, session["refresh_token"]).json["refresh_token"]
    for _ in range(2):
        assert auth.post("logout", refresh_token=session["refresh_token"]).status_code == 204
    assert problem(refresh(auth, successor)) == (401, "refresh_token_invalid")
    assert len(auth.audited("sessions_revoked")) == 1


def test_signing_out_everywhere(auth, session: dict, problem) -> None:
    other = auth.login(EVE, client_id="the-phone-of-eve")
    assert auth.post("logout-all", session["access_token"]).status_code == 204
    assert problem(refresh(auth, session["refresh_token"])) == (401, "refresh_token_invalid")
    ended = refresh(auth, other["refresh_token"], "the-phone-of-eve")
    assert problem(ended) == (401, "refresh_token_invalid")
    (entry,) = auth.audited("sessions_revoked")
    assert entry["details"] == {"reason": "logout_everywhere", "sessions": 2}


def test_a_session_leaves_an_entry(auth, session: dict) -> None:
    (entry,) = auth.audited("login")
    assert entry["actor_id"] == entry["subject_id"] == session["user"]["id"]
    assert entry["details"]["second_factor"] is False


def test_an_outdated_hash_is_renewed_at_sign_in(auth, session: dict) -> None:
    old = Passwords(memory_kib=16, passes=2).hash(PASSWORD)
    with auth.engine.begin() as connection:
        connection.execute(sa.update(users).values(password_hash=old))
    auth.login(EVE)
    with auth.engine.connect() as connection:
        fresh = connection.scalar(sa.select(users.c.password_hash))
    assert "m=8,t=1,p=1" in fresh
    auth.login(EVE)


def test_a_password_changed_while_it_was_compared(auth, session, problem, monkeypatch) -> None:
    compare = auth.passwords.matches

    def slow(stored: str | None, password: str) -> bool:
        right = compare(stored, password)
        with auth.engine.begin() as connection:
            connection.execute(sa.update(users).values(password_hash="another"))
        return right

    monkeypatch.setattr(auth.passwords, "matches", slow)
    late = auth.post("login", email=EVE, password=PASSWORD)
    assert problem(late) == (401, "credentials_invalid")


def test_one_sign_in_and_its_failed_signature_leave_nothing(auth, session, monkeypatch) -> None:
    def fail(*_: object) -> str:
        raise Unavailable("The signer is away.", code="signer_unavailable")

    monkeypatch.setattr(auth.ports.tokens, "issue", fail)
    assert refresh(auth, session["refresh_token"]).status_code == 503
    monkeypatch.undo()
    auth.clock.advance(timedelta(minutes=1))
    assert refresh(auth, session["refresh_token"]).status_code == 200
