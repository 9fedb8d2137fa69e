"""From the wish for an account to the first sign-in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from shared.repositories.accounts.tables import mail_links, users

PASSWORD = "seven green umbrellas"
EVE = "eve@example.com"


def test_the_whole_way(auth) -> None:
    answer = auth.post("register", email=EVE, password=PASSWORD, name=" Eve ", locale="de-AT")
    assert (answer.status_code, answer.json) == (202, {"status": "accepted"})
    assert auth.post("verify-email", token=auth.link(EVE)).status_code == 204
    session = auth.login(EVE)
    assert (session["token_type"], session["expires_in"]) == ("Bearer", 900)
    assert session["user"]["email"] == EVE
    me = auth.call("GET", "/v1/users/me", token=session["access_token"])
    assert me.json == session["user"]
    assert (me.json["name"], me.json["locale"], me.json["time_zone"]) == ("Eve", "de-AT", "UTC")
    assert (me.json["role"], me.json["email_verified"], me.json["has_password"]) == (
        "learner",
        True,
        True,
    )
    renewed = auth.post("refresh", refresh_token=session["refresh_token"])
    assert renewed.status_code == 200
    assert renewed.headers["Cache-Control"] == "no-store"
    assert auth.post("logout", refresh_token=renewed.json["refresh_token"]).status_code == 204
    again = auth.post("refresh", refresh_token=renewed.json["refresh_token"])
    assert again.json["code"] == "refresh_token_invalid"


def test_an_account_waits_for_its_confirmation(auth, problem) -> None:
    auth.post("register", email=EVE, password=PASSWORD)
    right = auth.post("login", email=EVE, password=PASSWORD)
    assert problem(right) == (403, "email_unverified")
    wrong = auth.post("login", email=EVE, password=PASSWORD + "!")
    assert problem(wrong) == (401, "credentials_invalid")


def test_a_strangers_password_is_never_confirmed(auth, problem) -> None:
    """Account pre-hijacking: somebody registers an address before its owner does."""
    auth.post("register", email=EVE, password="the password of a stranger", name="Mallory")
    planted = auth.link(EVE)
    auth.post("register", email=EVE, password=PASSWORD)
    chosen = auth.link(EVE)
    assert problem(auth.post("verify-email", token=planted)) == (400, "link_invalid")
    for password in ("the password of a stranger", PASSWORD):
        refused = auth.post("login", email=EVE, password=password)
        assert problem(refused) == (401, "credentials_invalid")
    answer = auth.post("reset-password", token=chosen, password=PASSWORD)
    assert answer.status_code == 204
    session = auth.login(EVE)
    assert session["user"]["email_verified"] is True
    assert "name" not in session["user"]
    refused = auth.post("login", email=EVE, password="the password of a stranger")
    assert problem(refused) == (401, "credentials_invalid")


def test_a_link_works_once_and_only_the_last_one(auth, problem) -> None:
    auth.post("register", email=EVE, password=PASSWORD)
    first = auth.link(EVE)
    assert auth.post("resend-verification", email=EVE).status_code == 202
    second = auth.link(EVE)
    assert problem(auth.post("verify-email", token=first)) == (400, "link_invalid")
    assert auth.post("verify-email", token=second).status_code == 204
    assert problem(auth.post("verify-email", token=second)) == (400, "link_invalid")


def test_a_link_lapses_after_a_day(auth, problem) -> None:
    auth.post("register", email=EVE, password=PASSWORD)
    token = auth.link(EVE)
    auth.clock.advance(timedelta(hours=24))
    assert problem(auth.post("verify-email", token=token)) == (400, "link_invalid")


def test_a_second_registration_changes_nothing(auth) -> None:
    auth.post("register", email=EVE, password=PASSWORD, name="Eve")
    auth.post("register", email="EVE@Example.com", password=PASSWORD, name="Not Eve")
    # The fresh link goes to the address as the account has it.
    assert auth.post("verify-email", token=auth.link(EVE)).status_code == 204
    assert auth.login(EVE)["user"]["name"] == "Eve"


def test_who_has_an_account_is_told_so_by_mail_alone(auth) -> None:
    auth.register(EVE)
    auth.post("register", email=EVE, password="another long password")
    assert auth.mails(EVE)[-1].startswith("You have an account already")
    before = len(auth.mails(EVE))
    auth.post("resend-verification", email=EVE)
    assert len(auth.mails(EVE)) == before


def test_addresses_are_compared_without_capitals(auth) -> None:
    auth.register("Eve.Adams@example.com")
    assert auth.login("EVE.adams@Example.COM")["user"]["email"] == "Eve.Adams@example.com"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "invalid_request"),
        ("x" * 129, "invalid_request"),
        ("nul\0 in the middle", "invalid_request"),
        ("eve@example.com", "password_too_weak"),
        ("EVE@example.com ", "password_too_weak"),
        ("Password12345", "password_too_weak"),
        (" " * 12, "password_too_weak"),
    ],
)
def test_passwords_that_are_refused(auth, problem, password: str, code: str) -> None:
    refused = auth.post("register", email=EVE, password=password)
    assert problem(refused) == (400, code)
    assert refused.json["errors"][0]["pointer"] == "/password"
    assert auth.mails(EVE) == []


def test_a_password_is_the_same_however_its_accents_are_typed(auth) -> None:
    auth.register(EVE, "caf\u00e9 in the morning")
    assert auth.login(EVE, "cafe\u0301 in the morning")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", f"{'x' * 64}@{'y' * 63}.{'y' * 63}.{'y' * 63}.example"),
        ("email", "a@b\r\nBcc: c@example.com"),
        ("name", " "),
        ("name", None),
        ("name", "n" * 101),
        ("locale", "not a tag"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("admin", True),
    ],
)
def test_fields_that_are_refused(auth, problem, field: str, value: object) -> None:
    body = {"email": EVE, "password": PASSWORD, field: value}
    refused = auth.call("POST", "/v1/auth/register", body)
    assert problem(refused) == (400, "invalid_request")
    assert refused.json["errors"][0]["pointer"] == f"/{field}"


def test_registering_twenty_times_at_once_opens_one_account(auth) -> None:
    together = Barrier(20)

    def one(number: int) -> int:
        client = auth.client.application.test_client()
        together.wait()
        body = {"email": EVE, "password": f"password of number {number}"}
        return client.post("/v1/auth/register", json=body).status_code

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(one, range(20))) == [202] * 20
    token = auth.link(EVE)
    with auth.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(users)) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(mail_links)) == 1
    links = {line for mail in auth.mails(EVE) for line in mail.splitlines() if "token=" in line}
    assert len(links) == 20
    assert any(token in link for link in links)
