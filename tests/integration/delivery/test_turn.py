"""Releases that meet: one after another, and none that is older than what is there."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from google.auth.exceptions import RefreshError

from delivery import turn
from delivery.google import Google
from tests.fakes.google_apis import PROJECT, REGION, GoogleApis

Run = Callable[..., int]
WHERE = ["--project", PROJECT, "--region", REGION]


def build(id: str, asked: int, begun: int | None, status: str, **fields: Any) -> dict[str, Any]:
    """Of today at that minute past noon, with as many digits as the API shows."""
    started = {} if begun is None else {"startTime": f"2026-11-21T12:{begun:02d}:00.25Z"}
    asked_at = f"2026-11-21T12:{asked:02d}:00.123456789Z"
    fields = {"tags": ["release"], **fields}
    return {"id": id, "createTime": asked_at, "status": status, **started, **fields}


OWN = build("own", 20, 30, "WORKING")


@pytest.mark.parametrize(
    "others",
    [
        [],
        [build("old", 10, 10, "SUCCESS"), build("broken", 40, 40, "FAILURE")],
        [build("next", 25, 31, "WORKING"), build("queued", 26, None, "QUEUED")],
        [build("waits for approval", 10, None, "PENDING")],
        [build("review", 10, 10, "WORKING", tags=[]), build("review", 40, 40, "SUCCESS", tags=[])],
        [build("approved later", 10, 31, "WORKING")],
    ],
    ids=["none", "over", "after it", "pending", "reviews", "approved later"],
)
def test_it_is_its_turn(apis: GoogleApis, command: Run, others: list[dict[str, Any]]) -> None:
    apis.builds = [*others, OWN]
    start = apis.now
    assert command(turn, "--build", "own") == 0
    assert apis.now == start


@pytest.mark.parametrize("asked", [10, 25], ids=["asked for before", "approved before"])
@pytest.mark.parametrize("ends", ["FAILURE", "CANCELLED"])
def test_it_waits_for_who_began_before(
    apis: GoogleApis, command: Run, asked: int, ends: str
) -> None:
    apis.builds = [OWN, build("first", asked, 29, "WORKING")]
    end = apis.now + 900
    apis.on_sleep = lambda: apis.builds[1].update(status=ends) if apis.now >= end else None
    assert command(turn, "--build", "own") == 0
    assert apis.now >= end


def test_of_two_that_begin_at_once_one_waits(apis: GoogleApis, command: Run) -> None:
    apis.builds = [build("a", 20, 30, "WORKING"), build("b", 19, 30, "WORKING")]
    assert command(turn, "--build", "a") == 0
    apis.on_sleep = lambda: apis.builds[0].update(status="FAILURE")
    start = apis.now
    assert command(turn, "--build", "b") == 0
    assert apis.now > start


def test_what_is_out_of_date_stops(
    apis: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was approved after one that was asked for later, and then waited for it."""
    apis.builds = [OWN, build("newer", 25, 29, "WORKING")]
    apis.on_sleep = lambda: apis.builds[1].update(status="SUCCESS")
    assert command(turn, "--build", "own") == 3
    assert "newer was asked for later" in capsys.readouterr().err


def test_it_does_not_wait_for_ever(apis: GoogleApis, command: Run) -> None:
    apis.builds = [OWN, build("stuck", 10, 10, "WORKING")]
    start = apis.now
    assert command(turn, "--build", "own") == 1
    assert 3600 <= apis.now - start < 3700


@pytest.mark.parametrize(("failures", "code"), [(3, 0), (4, 1)])
def test_credentials_that_cannot_be_had_end_as_other_errors(
    apis: GoogleApis, failures: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A read is repeated thrice."""
    left = iter(range(failures))

    class Session(requests.Session):
        def request(self, *args: Any, **kwargs: Any) -> requests.Response:
            if next(left, None) is not None:
                raise RefreshError("The metadata server is away.")  # type: ignore[no-untyped-call]
            return super().request(*args, **kwargs)

    apis.builds = [OWN]
    with Session() as session:
        google: Google = apis.client(session)
        assert turn.main([*WHERE, "--build", "own"], google) == code
    assert ("RefreshError" in capsys.readouterr().err) == bool(code)
