"""What may be tried how often, and that nothing tells who has an account."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from shared.repositories.accounts.tables import throttles

EVE, NOBODY = "eve@example.com", "nobody@example.com"
PASSWORD = "seven green umbrellas"
WRONG = "seven red umbrellas"


def fail(auth, times: int, address: str = EVE) -> None:
    for _ in range(times):
        assert auth.post("login", email=address, password=WRONG).status_code == 401


def test_five_failures_block_and_each_further_one_twice_as_long(auth, problem) -> None:
    auth.register(EVE)
    fail(auth, 5)
    seconds = 30
    for _ in range(9):
        ran = auth.passwords.runs
        blocked = auth.post("login", email=EVE, password=PASSWORD)
        assert problem(blocked) == (429, "login_blocked")
        assert seconds - 5 <= int(blocked.headers["Retry-After"]) <= seconds
        assert auth.passwords.runs == ran, "a blocked login does not look at the password"
        auth.clock.advance(timedelta(seconds=seconds + 1))
        fail(auth, 1)
        seconds = min(2 * seconds, 3600)
    auth.clock.advance(timedelta(hours=1, seconds=1))
    auth.login(EVE)
    fail(auth, 5)


def test_failures_are_forgotten_after_a_day(auth) -> None:
    fail(auth, 4)
    auth.clock.advance(timedelta(hours=24))
    fail(auth, 5)


def test_an_unconfirmed_account_is_not_blocked_by_its_own_password(auth) -> None:
    auth.post("register", email=EVE, password=PASSWORD)
    for _ in range(7):
        assert auth.post("login", email=EVE, password=PASSWORD).status_code == 403


def test_an_address_that_fails_with_many_accounts_is_blocked(make_auth, problem) -> None:
    auth = make_auth(address_failures=8)
    auth.register(EVE)
    for number in range(8):
        fail(auth, 1, f"guess{number}@example.com")
    blocked = auth.post("login", email=EVE, password=PASSWORD)
    assert problem(blocked) == (429, "login_blocked")
    elsewhere = auth.call(
        "POST",
        "/v1/auth/login",
        {"email": EVE, "password": PASSWORD},
        headers={"X-Forwarded-For": "198.51.100.7"},
    )
    assert elsewhere.status_code == 200
    with auth.engine.connect() as connection:
        mine = connection.execute(sa.select(throttles)).all()
    assert not any("198.51" in str(row) for row in mine)


@pytest.mark.parametrize("address", [EVE, NOBODY])
def test_fifty_guesses_at_once_are_five(auth, address: str) -> None:
    auth.register(EVE)
    ran, together = auth.passwords.runs, Barrier(50)

    def one(_: int) -> int:
        client = auth.client.application.test_client()
        together.wait()
        body = {"email": address, "password": WRONG}
        return client.post("/v1/auth/login", json=body).status_code

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(one, range(50)))
    assert sorted(set(answers)) == [401, 429]
    assert answers.count(401) == auth.passwords.runs - ran == 5


OPERATIONS = {
    "register": {"email": EVE, "password": PASSWORD},
    "verify-email": {"token": "x" * 43},
    "resend-verification": {"email": EVE},
    "login": {"email": EVE, "password": PASSWORD},
    "refresh": {"refresh_token": "x" * 43},
    "logout": {"refresh_token": "x" * 43},
    "forgot-password": {"email": EVE},
    "reset-password": {"token": "x" * 43, "password": PASSWORD},
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_without_token_is_limited_by_address(
    make_auth: Callable, problem, operation: str
) -> None:
    auth = make_auth(requests_per_minute=3, login_failures=100)
    for _ in range(3):
        assert auth.post(operation, **OPERATIONS[operation]).status_code != 429
    refused = auth.post(operation, **OPERATIONS[operation])
    assert problem(refused) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    auth.clock.advance(timedelta(minutes=1))
    assert auth.post(operation, **OPERATIONS[operation]).status_code != 429
    with auth.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(throttles)) <= 4


@pytest.mark.parametrize("operation", ["register", "resend-verification", "forgot-password"])
@pytest.mark.parametrize("address", [EVE, NOBODY])
def test_nobody_is_flooded_with_mail(make_auth, problem, operation: str, address: str) -> None:
    auth = make_auth(mails_per_hour=3)
    with auth.engine.begin() as connection:
        connection.execute(sa.delete(throttles))
    body = {**OPERATIONS[operation], "email": address}
    for _ in range(3):
        assert auth.post(operation, **body).status_code == 202
    assert problem(auth.post(operation, **body)) == (429, "rate_limited")
    assert len(auth.mails(address)) <= 3


@pytest.mark.parametrize(
    "operation", ["login", "register", "forgot-password", "resend-verification"]
)
def test_nothing_tells_who_has_an_account(auth, operation: str) -> None:
    auth.register(EVE)
    body = {**OPERATIONS[operation], "password": WRONG}
    if "password" not in OPERATIONS[operation]:
        del body["password"]
    seen = []
    for address in (EVE, NOBODY):
        ran = auth.passwords.runs
        answers = [auth.post(operation, **{**body, "email": address}) for _ in range(7)]
        auth.settle()
        shown = [
            (answer.status_code, comparable(answer.json), comparable(dict(answer.headers)))
            for answer in answers
        ]
        seen.append((shown, auth.passwords.runs - ran))
    assert seen[0] == seen[1]


def comparable(body: dict) -> str:
    """Without what differs from request to request."""
    return json.dumps({k: v for k, v in body.items() if k not in ("trace_id", "Retry-After")})
