"""Erasure: complete in the database, never lost, and not undone by a restored backup."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Never

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from run_services.auth.data_rights.assembly import data_rights
from shared import wiring
from shared.adapters.embedded.events import Subscription
from shared.domain.errors import Unavailable
from shared.domain.identity import Principal
from shared.repositories.accounts.tables import metadata

if TYPE_CHECKING:
    from run_services.auth.data_rights.erasures import AccountErasures
    from tests.integration.auth.conftest import Auth

Problem = Callable[[TestResponse], tuple[int, str]]
ME = "/v1/users/me"
LAST_TOKEN = timedelta(minutes=21)


@pytest.fixture
def eve(auth: "Auth") -> dict[str, Any]:
    auth.register("eve@example.com")
    return auth.login("eve@example.com")


@pytest.fixture
def announced(auth: "Auth") -> Callable[[], list[str]]:
    """Whose erasure was announced since the last call."""
    events = wiring.embedded_events(auth.settings)
    subscription = Subscription("x", "account-erased", "http://unused")
    events.subscribe(subscription)

    def announced() -> list[str]:
        found = []
        while (delivery := events.claim(subscription)) is not None:
            data = base64.b64decode(delivery.body["message"]["data"])
            found.append(json.loads(data)["user_id"])
            events.acknowledge(delivery)
        return found

    return announced


@pytest.fixture
def erasures(auth: "Auth") -> "AccountErasures":
    return data_rights(auth.settings, auth.ports.database, auth.clock).erasures


def rows(auth: "Auth") -> dict[str, list[dict[str, Any]]]:
    """Every table, parents first."""
    with auth.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in metadata.sorted_tables
        }


def restore(auth: "Auth", backup: dict[str, list[dict[str, Any]]]) -> None:
    with auth.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
        for table in metadata.sorted_tables:
            if backup[table.name]:
                connection.execute(sa.insert(table), backup[table.name])


def naming(auth: "Auth", user_id: str) -> list[str]:
    """Tables that name the user."""
    return [name for name, held in rows(auth).items() if user_id in str(held)]


def test_an_erased_account_is_gone(
    auth: "Auth", eve: dict[str, Any], announced: Any, problem: Problem
) -> None:
    token, user_id = eve["access_token"], eve["user"]["id"]
    auth.call("POST", f"{ME}/exports", token=token)
    answer = auth.call("DELETE", ME, token=token)
    assert (answer.status_code, answer.json["user_id"]) == (202, user_id)
    auth.settle()
    assert naming(auth, user_id) == ["erasures"]
    assert "eve@" not in str(rows(auth))
    assert announced() == [user_id]
    [entry] = wiring.ledger(auth.settings).under("")
    assert entry.name == f"erasures/{user_id}.json"
    listed = json.loads(wiring.ledger(auth.settings).read(entry.name, entry.generation))
    assert listed == answer.json
    again = auth.call("DELETE", ME, token=token)
    assert (again.status_code, again.json) == (202, answer.json)
    assert auth.call("GET", ME, token=token).status_code == 401
    refresh = auth.post("refresh", refresh_token=eve["refresh_token"])
    assert problem(refresh) == (401, "refresh_token_invalid")
    assert [entry["actor_id"] for entry in auth.audited("account_erased")] == ["erased"]
    auth.register("eve@example.com")
    assert auth.login("eve@example.com")["user"]["id"] != user_id


def test_an_old_sign_in_is_not_enough(auth: "Auth", eve: dict[str, Any], problem: Problem) -> None:
    auth.clock.advance(timedelta(minutes=11))
    answer = auth.call("DELETE", ME, token=eve["access_token"])
    assert problem(answer) == (403, "reauthentication_required")
    assert auth.call("GET", ME, token=eve["access_token"]).status_code == 200
    assert wiring.ledger(auth.settings).under("") == []


def test_a_ledger_that_is_away_erases_nothing(
    auth: "Auth", eve: dict[str, Any], erasures: Any, announced: Any
) -> None:
    def away(*_: object) -> Never:
        raise Unavailable("away")

    principal = Principal(eve["user"]["id"], "learner", None, int(auth.clock.now().timestamp()))
    erasures._ledger.write = away
    with pytest.raises(Unavailable):
        erasures.request(principal)
    assert auth.call("GET", ME, token=eve["access_token"]).status_code == 200
    assert announced() == []


def test_an_announcement_a_kill_has_swallowed_is_made_by_the_sweep(
    auth: "Auth", eve: dict[str, Any], erasures: Any, announced: Any
) -> None:
    user_id = eve["user"]["id"]
    auth.call("DELETE", ME, token=eve["access_token"])
    assert announced() == [user_id]
    erasures.sweep()
    assert announced() == [], "not while a token may be alive"
    auth.clock.advance(LAST_TOKEN)
    erasures.sweep()
    erasures.sweep()
    assert announced() == [user_id], "and not with every sweep"


def test_only_a_pass_after_the_last_token_ends_an_erasure(
    auth: "Auth", eve: dict[str, Any], erasures: Any, announced: Any
) -> None:
    user_id = eve["user"]["id"]
    auth.call("DELETE", ME, token=eve["access_token"])
    erasures.report_finished(user_id)
    assert rows(auth)["erasures"][0]["finished_at"] is None
    auth.clock.advance(LAST_TOKEN)
    erasures.report_finished(user_id)
    finished_at = rows(auth)["erasures"][0]["finished_at"]
    assert finished_at is not None
    erasures.report_finished(user_id)
    erasures.report_finished("nobody")
    assert rows(auth)["erasures"] == [{**rows(auth)["erasures"][0], "finished_at": finished_at}]
    announced()
    erasures.sweep()
    assert announced() == []


def test_a_restored_backup_is_erased_again(
    auth: "Auth", eve: dict[str, Any], erasures: Any, announced: Any
) -> None:
    user_id = eve["user"]["id"]
    auth.register("ann@example.com")
    yesterday = rows(auth)
    auth.call("DELETE", ME, token=eve["access_token"])
    auth.clock.advance(LAST_TOKEN)
    erasures.report_finished(user_id)
    assert erasures.reapply() == 0
    announced()
    restore(auth, yesterday)
    assert "users" in naming(auth, user_id)
    assert erasures.reapply() == 1
    assert naming(auth, user_id) == ["erasures"]
    assert announced() == [user_id]
    assert auth.login("ann@example.com")
    erasures.report_finished(user_id)
    assert erasures.reapply() == 0
    assert announced() == []
    assert erasures.reapply(every=True) == 1
    assert announced() == [user_id]


def test_a_request_whose_commit_a_crash_has_undone_is_carried_out(
    auth: "Auth", eve: dict[str, Any], erasures: Any
) -> None:
    before = rows(auth)
    auth.call("DELETE", ME, token=eve["access_token"])
    restore(auth, before)
    assert erasures.reapply() == 1
    assert naming(auth, eve["user"]["id"]) == ["erasures"]


def test_the_files_of_exports_go_as_well(auth: "Auth", eve: dict[str, Any]) -> None:
    user_id = eve["user"]["id"]
    bucket = wiring.exports(auth.settings)
    bucket.write(f"{user_id}/e1.zip", b"zip", "application/zip")
    bucket.write("other/e2.zip", b"zip", "application/zip")
    data = data_rights(auth.settings, auth.ports.database, auth.clock).data
    for _ in range(2):
        data.erase(user_id)
    assert [info.name for info in bucket.under("")] == ["other/e2.zip"]


def test_fifty_requests_at_once_are_one_erasure(
    auth: "Auth", eve: dict[str, Any], erasures: Any
) -> None:
    principal = Principal(eve["user"]["id"], "learner", None, int(auth.clock.now().timestamp()))
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda _: erasures.request(replace(principal)), range(50)))
    assert len({erasure.requested_at for erasure in made}) == 1
    assert len(auth.audited("account_erased")) == 1
