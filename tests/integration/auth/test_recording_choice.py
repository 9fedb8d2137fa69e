"""The choice to have recordings kept: nobody's without saying so, and told to those who keep."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Never

import pytest

from run_services.auth.data_rights.assembly import data_rights
from shared import wiring
from shared.domain.errors import Unavailable
from shared.domain.times import timestamp
from shared.repositories.recording_choices import RecordingChoices

if TYPE_CHECKING:
    from tests.integration.auth.conftest import Auth

ME = "/v1/users/me"


@pytest.fixture
def eve(auth: "Auth") -> dict[str, Any]:
    auth.register("eve@example.com")
    return auth.login("eve@example.com")


@pytest.fixture
def choices(auth: "Auth") -> RecordingChoices:
    return wiring.recording_choices(auth.settings)


def choose(auth: "Auth", eve: dict[str, Any], keep: bool, **options: Any) -> Any:
    body = {"keep_recordings": keep}
    return auth.call("PATCH", ME, body, token=eve["access_token"], **options)


def test_nobody_has_chosen_at_first(
    auth: "Auth", eve: dict[str, Any], choices: RecordingChoices
) -> None:
    assert eve["user"]["keep_recordings"] is False
    auth.call("PATCH", ME, {"name": "Eve"}, token=eve["access_token"])
    assert choices.get(eve["user"]["id"]) is None


def test_a_choice_and_its_withdrawal(
    auth: "Auth", eve: dict[str, Any], choices: RecordingChoices
) -> None:
    user_id = eve["user"]["id"]
    before = timestamp(auth.clock.now() - timedelta(seconds=1))
    assert choose(auth, eve, True).json["keep_recordings"] is True
    chosen = choices.get(user_id)
    assert chosen.covers(timestamp(auth.clock.now()))
    assert not chosen.covers(before)
    choose(auth, eve, True)
    assert choices.get(user_id) == chosen
    assert choices.withdrawn(auth.clock.now(), limit=9) == []
    assert choose(auth, eve, False).json["keep_recordings"] is False
    assert not choices.get(user_id).covers(timestamp(auth.clock.now()))
    later = auth.clock.now() + timedelta(seconds=1)
    assert [one.user_id for one in choices.withdrawn(later, limit=9)] == [user_id]


def test_a_choice_for_another_version_changes_nothing(
    auth: "Auth", eve: dict[str, Any], choices: RecordingChoices
) -> None:
    choose(auth, eve, True)
    chosen = choices.get(eve["user"]["id"])
    assert choose(auth, eve, False, headers={"If-Match": '"0.0"'}).status_code == 412
    assert choices.get(eve["user"]["id"]) == chosen


@pytest.mark.parametrize("keep", [True, False])
def test_a_store_that_is_away_leaves_nothing_kept_that_is_not_wanted(
    auth: "Auth",
    eve: dict[str, Any],
    choices: RecordingChoices,
    monkeypatch: pytest.MonkeyPatch,
    keep: bool,
) -> None:
    choose(auth, eve, not keep)

    def away(*_: object) -> Never:
        raise Unavailable("The database did not answer.", code="database_unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(RecordingChoices, "allow", away)
        patched.setattr(RecordingChoices, "withdraw", away)
        assert choose(auth, eve, keep).status_code == 503
    shown = auth.call("GET", ME, token=eve["access_token"]).json["keep_recordings"]
    assert (shown, choices.get(eve["user"]["id"]).keep) == (True, not keep)
    assert choose(auth, eve, keep).json["keep_recordings"] is keep
    assert choices.get(eve["user"]["id"]).keep is keep


def test_a_choice_that_comes_late_does_not_undo_a_withdrawal(
    auth: "Auth", eve: dict[str, Any], choices: RecordingChoices
) -> None:
    """As when a process stood still between its two stores."""
    chosen_at = auth.clock.now()
    choose(auth, eve, False)
    choices.allow(eve["user"]["id"], chosen_at)
    assert not choices.get(eve["user"]["id"]).keep


def test_a_choice_told_while_a_withdrawal_is_written_does_not_outlast_it(
    auth: "Auth", eve: dict[str, Any], choices: RecordingChoices, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdraw = RecordingChoices.withdraw

    def then_another_device_chooses(*given: Any) -> None:
        withdraw(*given)
        monkeypatch.undo()
        assert choose(auth, eve, True).status_code == 200
        assert choices.get(eve["user"]["id"]).keep

    monkeypatch.setattr(RecordingChoices, "withdraw", then_another_device_chooses)
    assert choose(auth, eve, False).json["keep_recordings"] is False
    assert not choices.get(eve["user"]["id"]).keep


def test_a_removal_done_for_one_withdrawal_leaves_the_next_due(
    auth: "Auth", choices: RecordingChoices
) -> None:
    now = auth.clock.now()
    choices.withdraw("eve", now)
    [first] = choices.withdrawn(now, limit=9)
    choices.withdraw("eve", now + timedelta(seconds=1))
    choices.removed(first)
    [second] = choices.withdrawn(now + timedelta(seconds=1), limit=9)
    choices.allow("eve", now + timedelta(seconds=2))
    choices.removed(second)
    assert choices.get("eve").keep
    assert choices.withdrawn(now + timedelta(seconds=9), limit=9) == []


def test_the_choice_goes_with_the_account(
    auth: "Auth", eve: dict[str, Any], choices: RecordingChoices
) -> None:
    user_id = eve["user"]["id"]
    choose(auth, eve, True)
    choices.allow("ann", auth.clock.now())
    data_rights(auth.settings, auth.ports.database, auth.clock).data.erase(user_id)
    assert choices.get(user_id) is None
    assert choices.get("ann") is not None
