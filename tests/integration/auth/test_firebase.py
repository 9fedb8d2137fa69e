"""Sign-in with Firebase, over its official Auth emulator."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
import sqlalchemy as sa
from firebase_admin import auth as firebase_auth

from shared.adapters.gcp.firebase import build_client
from shared.repositories.accounts.tables import identities, mail_links, totp
from tests.emulators import official
from tests.fakes.authenticator import PASSWORD, admin, enrolled

PROJECT = "demo-rostrum"
EVE = "eve@example.com"


@dataclass
class Emulator:
    """Firebase's side, as the web app and the project's owner use it."""

    host: str
    client: firebase_auth.Client

    def accounts(self, operation: str, **body: Any) -> dict[str, Any]:
        url = f"http://{self.host}/identitytoolkit.googleapis.com/v1/accounts:{operation}?key=any"
        answer = httpx.post(url, json={"returnSecureToken": True, **body}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def google(self, email: str = EVE, *, verified: bool = True, **more: Any) -> str:
        """The ID token after a sign-in with a Google account of that address."""
        account = {"sub": f"google-{email}", "email": email, "email_verified": verified, **more}
        body = f"providerId=google.com&id_token={json.dumps(account)}"
        signed_in = self.accounts("signInWithIdp", postBody=body, requestUri="http://localhost")
        return signed_in["idToken"]

    def password(self, email: str = EVE) -> str:
        """The ID token after signing up with an address that nobody has confirmed."""
        return self.accounts("signUp", email=email, password="not-a-secret")["idToken"]


@pytest.fixture(scope="module")
def emulator_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with official.firebase_auth(PROJECT, tmp_path_factory.mktemp("firebase")) as host:
        yield host


@pytest.fixture
def firebase(emulator_host: str, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", emulator_host)
    url = f"http://{emulator_host}/emulator/v1/projects/{PROJECT}/accounts"
    httpx.delete(url, headers={"Authorization": "Bearer owner"}).raise_for_status()
    return Emulator(emulator_host, build_client(PROJECT))


@pytest.fixture
def auth(make_auth: Callable[..., Any], firebase: Emulator) -> Any:
    return make_auth(firebase_project=PROJECT)


def sign_in(auth: Any, id_token: str) -> dict[str, Any]:
    answer = auth.post("firebase", id_token=id_token, client_id="a-client")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def altered(id_token: str, **changes: Any) -> str:
    """The same token saying something else: the emulator's are not signed."""
    return jwt.encode({**claims(id_token), **changes}, key=None, algorithm="none")


def count(auth: Any, table: sa.Table) -> int:
    with auth.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_new_address_gets_an_account_and_keeps_it(auth, firebase) -> None:
    session = sign_in(auth, firebase.google(name="Eve Müller"))
    user = session["user"]
    assert (user["email"], user["email_verified"], user["name"]) == (EVE, True, "Eve Müller")
    assert (user["role"], user["has_password"], user["second_factor"]) == ("learner", False, False)
    assert claims(session["access_token"])["amr"] == ["pwd"]
    again = sign_in(auth, firebase.google(name="Renamed"))
    assert again["user"]["id"] == user["id"]
    renewed = auth.post("refresh", refresh_token=session["refresh_token"], client_id="a-client")
    assert renewed.status_code == 200
    assert len(auth.audited("identity_linked")) == len(auth.audited("registered")) == 1


def test_a_confirmed_account_is_linked_and_keeps_its_password(auth, firebase) -> None:
    auth.register(EVE, PASSWORD)
    own = auth.login(EVE, PASSWORD)
    linked = sign_in(auth, firebase.google("EVE@example.com"))
    assert linked["user"]["id"] == own["user"]["id"]
    assert linked["user"]["has_password"] is True
    auth.login(EVE, PASSWORD)
    assert auth.post("refresh", refresh_token=own["refresh_token"]).status_code == 200


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("provider", ["password", "google"])
def test_an_unconfirmed_address_opens_nothing(
    auth, firebase, problem, provider: str, existing: bool
) -> None:
    if existing:
        auth.register(EVE, PASSWORD)
    google = altered(firebase.google(), email_verified=False) if provider == "google" else None
    refused = auth.post("firebase", id_token=google or firebase.password())
    assert problem(refused) == (403, "email_unverified")
    assert count(auth, identities) == 0


def test_a_linked_identity_needs_no_address_any_more(auth, firebase) -> None:
    token = firebase.google()
    first = sign_in(auth, token)
    moved = altered(token, email="moved@example.com", email_verified=False)
    assert sign_in(auth, moved)["user"] == first["user"]


def test_what_a_stranger_planted_is_gone_when_the_owner_comes(auth, firebase, problem) -> None:
    """The stranger registers the owner's address and waits for the owner's sign-in."""
    auth.register(EVE, PASSWORD)
    planted = auth.login(EVE, PASSWORD)
    app, _ = enrolled(auth, planted)
    auth.post("forgot-password", email=EVE)
    link = auth.link(EVE)
    with auth.engine.begin() as connection:
        connection.execute(sa.text("UPDATE auth.users SET email_verified_at = NULL, name = 'X'"))
    session = sign_in(auth, firebase.google(name="Eve"))
    user = session["user"]
    assert (user["id"], user["name"]) == (planted["user"]["id"], "Eve")
    assert (user["email_verified"], user["has_password"]) == (True, False)
    assert user["second_factor"] is False
    refused = auth.post("refresh", refresh_token=planted["refresh_token"])
    assert problem(refused) == (401, "refresh_token_invalid")
    for code in ({}, {"totp_code": app.fresh_code()}):
        refused = auth.post("login", email=EVE, password=PASSWORD, **code)
        assert problem(refused) == (401, "credentials_invalid")
    reset = auth.post("reset-password", token=link, password="another long password")
    assert problem(reset) == (400, "link_invalid")
    assert (count(auth, mail_links), count(auth, totp)) == (0, 0)
    assert len(auth.audited("account_reclaimed")) == 1


def test_a_disabled_account_stays_shut(auth, firebase, problem) -> None:
    boss = admin(auth, "ada@example.com")["access_token"]
    eve = sign_in(auth, firebase.google())
    auth.register("bob@example.com", PASSWORD)
    bob = auth.login("bob@example.com", PASSWORD)
    for user, email in ((eve, EVE), (bob, "bob@example.com")):
        path = f"/v1/admin/users/{user['user']['id']}"
        assert auth.call("PATCH", path, {"disabled": True}, token=boss).status_code == 200
        refused = auth.post("firebase", id_token=firebase.google(email))
        assert problem(refused) == (403, "account_disabled")
    assert count(auth, identities) == 1


def test_the_second_factor_at_firebase_counts_and_ours_is_not_presumed(auth, firebase) -> None:
    auth.register(EVE, PASSWORD)
    enrolled(auth, auth.login(EVE, PASSWORD))
    token = firebase.google()
    assert claims(sign_in(auth, token)["access_token"])["amr"] == ["pwd"]
    proven = {**claims(token)["firebase"], "sign_in_second_factor": "phone"}
    session = sign_in(auth, altered(token, firebase=proven))
    assert claims(session["access_token"])["amr"] == ["pwd", "mfa"]


def test_an_old_sign_in_at_firebase_is_no_fresh_one_here(auth, firebase, problem) -> None:
    old = altered(firebase.google(), auth_time=int(time.time()) - 3600)
    session = sign_in(auth, old)
    assert claims(session["access_token"])["auth_time"] == claims(old)["auth_time"]
    refused = auth.post("totp", session["access_token"])
    assert problem(refused) == (403, "reauthentication_required")
    assert auth.post("totp", sign_in(auth, firebase.google())["access_token"]).status_code == 201


def test_first_sign_ins_at_once_make_one_account(auth, firebase) -> None:
    token = firebase.google()
    with ThreadPoolExecutor(6) as threads:
        sessions = list(threads.map(lambda _: sign_in(auth, token), range(6)))
    assert len({session["user"]["id"] for session in sessions}) == 1
    assert count(auth, identities) == 1


@pytest.mark.parametrize("how", ["disabled", "deleted", "revoked", "no token"])
def test_what_firebase_no_longer_stands_for_is_refused(auth, firebase, problem, how: str) -> None:
    token = firebase.google()
    uid = claims(token)["sub"]
    if how == "disabled":
        firebase.client.update_user(uid, disabled=True)
    elif how == "deleted":
        firebase.client.delete_user(uid)
    elif how == "revoked":
        token = altered(token, iat=int(time.time()) - 100)
        firebase.client.revoke_refresh_tokens(uid)
    else:
        token = "nothing"
    assert problem(auth.post("firebase", id_token=token)) == (401, "firebase_token_invalid")


def test_a_custom_token_signs_our_user_in_at_firebase_and_not_back_in_here(
    auth, firebase, problem
) -> None:
    auth.register(EVE, PASSWORD)
    session = auth.login(EVE, PASSWORD)
    answer = auth.post("firebase-token", session["access_token"])
    assert (answer.status_code, answer.json["expires_in"]) == (200, 3600)
    custom = answer.json["custom_token"]
    id_token = firebase.accounts("signInWithCustomToken", token=custom)["idToken"]
    assert claims(id_token)["sub"] == session["user"]["id"]
    assert problem(auth.post("firebase", id_token=id_token)) == (401, "firebase_token_invalid")
    assert auth.post("logout", refresh_token=session["refresh_token"]).status_code == 204
    after = auth.post("firebase-token", session["access_token"])
    assert problem(after) == (401, "unauthenticated")


def test_calls_are_limited_by_address(make_auth, firebase, problem) -> None:
    auth = make_auth(firebase_project=PROJECT, requests_per_minute=2)
    for _ in range(2):
        assert auth.post("firebase", id_token="nothing").status_code == 401
    limited = auth.post("firebase", id_token="nothing")
    assert problem(limited) == (429, "rate_limited")
    auth.clock.advance(timedelta(minutes=1))
    assert auth.post("firebase", id_token="nothing").status_code == 401


def test_a_domain_that_only_looks_alike_is_somebody_elses(auth: Any, firebase: Emulator) -> None:
    auth.register("eve@strasse.example")
    signed_in = auth.post("firebase", id_token=firebase.google("eve@stra\u00dfe.example"))
    assert signed_in.json["user"]["email"] == "eve@stra\u00dfe.example"
