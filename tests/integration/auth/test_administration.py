"""What administrators see and change, and that nobody else does."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest

from tests.fakes.authenticator import PASSWORD, admin, enrolled, set_role

ADA, BOB, EVE = "ada@example.com", "bob@example.com", "eve@example.com"
USERS, AUDIT = "/v1/admin/users", "/v1/admin/audit"
STRANGER = "5f0c8f0e-6a55-4c0e-9b0c-3d6a1de7b1a4"
OPERATIONS = [("GET", USERS, None), ("PATCH", f"{USERS}/{STRANGER}", {"role": "admin"})]
OPERATIONS += [("GET", AUDIT, None)]


@pytest.fixture
def ada(auth) -> dict[str, Any]:
    """The session of an administrator."""
    return admin(auth, ADA)


@pytest.fixture
def eve(auth) -> dict[str, Any]:
    """The session of a learner."""
    auth.register(EVE, PASSWORD)
    return auth.login(EVE, PASSWORD)


def change(auth, session: dict, user_id: str, **changes: Any) -> Any:
    return auth.call("PATCH", f"{USERS}/{user_id}", changes, token=session["access_token"])


def items(auth, session: dict, path: str, **query: Any) -> list[dict]:
    answer = auth.call("GET", path, token=session["access_token"], query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_it_is_for_administrators(auth, problem, method: str, path: str, body: Any) -> None:
    assert auth.call(method, path, body).status_code == 401
    auth.register(EVE, PASSWORD)
    for role in ("learner", "teacher"):
        set_role(auth, EVE, role)
        session = auth.login(EVE, PASSWORD)
        if role == "teacher":
            enrolled(auth, session)
            session = auth.post("refresh", refresh_token=session["refresh_token"]).json
        answer = auth.call(method, path, body, token=session["access_token"])
        assert problem(answer) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_it_needs_the_second_factor(auth, problem, method: str, path: str, body: Any) -> None:
    auth.register(ADA, PASSWORD)
    set_role(auth, ADA, "admin")
    session = auth.login(ADA, PASSWORD)
    answer = auth.call(method, path, body, token=session["access_token"])
    assert problem(answer) == (403, "second_factor_required")
    enrolled(auth, session)
    session = auth.post("refresh", refresh_token=session["refresh_token"]).json
    answer = auth.call(method, path, body, token=session["access_token"])
    assert answer.status_code == (404 if method == "PATCH" else 200)


def test_accounts_are_listed_newest_first_page_by_page(auth, ada) -> None:
    for number in range(4):
        auth.post("register", email=f"learner{number}@example.com", password=PASSWORD)
    auth.settle()
    whole = items(auth, ada, USERS)
    emails = [user["email"] for user in whole]
    assert emails == [f"learner{number}@example.com" for number in (3, 2, 1, 0)] + [ADA]
    assert (whole[-1]["role"], whole[-1]["second_factor"]) == ("admin", True)
    assert "last_login_at" in whole[-1]
    assert "last_login_at" not in whole[0]
    sizes, listed, cursor = [], [], None
    while cursor is not None or not sizes:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = auth.call("GET", USERS, token=ada["access_token"], query_string=query).json
        sizes.append(len(page["items"]))
        listed += [user["email"] for user in page["items"]]
        cursor = page.get("next_cursor")
    assert (sizes, listed) == ([2, 2, 1], emails)


def test_accounts_are_found_by_address_and_role(auth, ada, eve) -> None:
    assert [user["email"] for user in items(auth, ada, USERS, email="EVE@Example.com")] == [EVE]
    assert items(auth, ada, USERS, email="nobody@example.com") == []
    assert [user["email"] for user in items(auth, ada, USERS, role="admin")] == [ADA]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (USERS, {"cursor": "nonsense"}, "cursor_invalid"),
        (AUDIT, {"cursor": "bm8gaWQ="}, "cursor_invalid"),
        (USERS, {"limit": 101}, "invalid_request"),
        (USERS, {"email": "no address"}, "invalid_request"),
        (USERS, {"role": "service"}, "invalid_request"),
        (AUDIT, {"user_id": "eve"}, "invalid_request"),
    ],
)
def test_bad_queries_are_refused(auth, ada, problem, path: str, query: dict, code: str) -> None:
    answer = auth.call("GET", path, token=ada["access_token"], query_string=query)
    assert problem(answer) == (400, code)


def test_a_new_role_counts_from_the_next_sign_in(auth, ada, eve, problem) -> None:
    changed = change(auth, ada, eve["user"]["id"], role="teacher")
    assert (changed.status_code, changed.json["role"]) == (200, "teacher")
    ended = auth.post("refresh", refresh_token=eve["refresh_token"])
    assert problem(ended) == (401, "refresh_token_invalid")
    token = auth.login(EVE, PASSWORD)["access_token"]
    assert jwt.decode(token, options={"verify_signature": False})["role"] == "teacher"
    entry = items(auth, ada, AUDIT, user_id=eve["user"]["id"])[1:3]
    assert {e["action"] for e in entry} == {"sessions_revoked", "role_changed"}
    role_changed = next(e for e in entry if e["action"] == "role_changed")
    assert role_changed["actor_id"] == ada["user"]["id"]
    assert role_changed["details"] == {"role": "teacher", "former_role": "learner"}


def test_a_disabled_account_is_shut_until_enabled(auth, ada, eve, problem) -> None:
    changed = change(auth, ada, eve["user"]["id"], disabled=True)
    assert (changed.status_code, changed.json["disabled"]) == (200, True)
    refused = auth.post("login", email=EVE, password=PASSWORD)
    assert problem(refused) == (403, "account_disabled")
    ended = auth.post("refresh", refresh_token=eve["refresh_token"])
    assert problem(ended) == (401, "refresh_token_invalid")
    assert change(auth, ada, eve["user"]["id"], disabled=False).json["disabled"] is False
    auth.login(EVE, PASSWORD)
    assert len(auth.audited("account_disabled")) == len(auth.audited("account_enabled")) == 1


def test_what_changes_nothing_ends_no_session(auth, ada, eve) -> None:
    same = change(auth, ada, eve["user"]["id"], role="learner", disabled=False)
    assert same.status_code == 200
    assert auth.post("refresh", refresh_token=eve["refresh_token"]).status_code == 200
    assert auth.audited("role_changed") == []


@pytest.mark.parametrize(
    "body", [{}, {"role": None}, {"role": "service"}, {"disabled": "yes"}, {"email": EVE}]
)
def test_bad_changes_are_refused(auth, ada, eve, problem, body: dict) -> None:
    assert problem(change(auth, ada, eve["user"]["id"], **body)) == (400, "invalid_request")


@pytest.mark.parametrize("id", [STRANGER, "nobody"])
def test_an_unknown_account_is_not_found(auth, ada, problem, id: str) -> None:
    token = ada["access_token"]
    answer = auth.client.patch(
        f"{USERS}/{id}", json={"disabled": True}, headers={"Authorization": f"Bearer {token}"}
    )
    assert problem(answer) == (404, "user_not_found")


def test_nobody_changes_their_own_account(auth, ada, problem) -> None:
    for body in ({"role": "learner"}, {"disabled": True}):
        answer = change(auth, ada, ada["user"]["id"], **body)
        assert problem(answer) == (409, "own_account")


def test_of_two_who_demote_each_other_one_stays(auth, ada) -> None:
    bob = admin(auth, BOB)
    pairs = [(ada, bob["user"]["id"]), (bob, ada["user"]["id"])]
    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(lambda pair: change(auth, pair[0], pair[1], role="learner"), pairs)
        )
    assert sorted(answer.status_code for answer in answers) == [200, 403]


def test_the_audit_log_tells_who_did_what_page_by_page(auth, ada, eve) -> None:
    entries = items(auth, ada, AUDIT, limit=100)
    ids = [entry["id"] for entry in entries]
    assert ids == sorted(ids, reverse=True)
    assert {"login", "second_factor_enabled"} <= {entry["action"] for entry in entries}
    about_eve = items(auth, ada, AUDIT, user_id=eve["user"]["id"])
    assert about_eve
    assert {entry["subject_id"] for entry in about_eve} == {eve["user"]["id"]}
    answer = auth.call("GET", AUDIT, token=ada["access_token"], query_string={"limit": 1})
    assert [entry["id"] for entry in answer.json["items"]] == ids[:1]
    following = items(auth, ada, AUDIT, limit=100, cursor=answer.json["next_cursor"])
    assert [entry["id"] for entry in following] == ids[1:]


def test_the_audit_log_holds_no_address(auth, ada, eve) -> None:
    change(auth, ada, eve["user"]["id"], role="teacher", disabled=True)
    auth.post("login", email=EVE, password="a wrong password")
    auth.settle()
    log = auth.call("GET", AUDIT, token=ada["access_token"], query_string={"limit": 100})
    assert "login_failed" in log.text
    assert "@" not in log.text
