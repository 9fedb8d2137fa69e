"""Some of the requests, then all of them, or none: whatever happens in between."""

import os
import signal
from collections.abc import Callable
from itertools import chain, repeat

import pytest

from delivery import canary
from tests.fakes.google_apis import GoogleApis

Run = Callable[..., int]
SERVICES = ["--services", "auth,course"]
STABLE = {"auth": {"auth-00001": 100}, "course": {"course-00001": 100}}
PROMOTED = {"auth": {"auth-00002": 100}, "course": {"course-00002": 100}}


def shares(apis: GoogleApis) -> dict[str, dict[str, int]]:
    return {name: apis.shares(name) for name in ("auth", "course")}


def answered(apis: GoogleApis, *, failed: int = 0, latency_ms: float = 90.0) -> None:
    """A hundred requests to each candidate; the failures are course's."""
    apis.counts["auth-00002"] = {"2xx": 60, "4xx": 40}
    apis.counts["course-00002"] = {"2xx": 100 - failed, "5xx": failed}
    apis.latencies = {"auth-00002": 80.0, "course-00002": latency_ms}


def test_a_good_candidate_gets_everything(deployed: GoogleApis, command: Run) -> None:
    answered(deployed)
    before = len(deployed.patches)
    start = deployed.now
    assert command(canary, *SERVICES, "--minutes", "10") == 0
    assert shares(deployed) == PROMOTED
    assert deployed.tag("auth", "previous") == "auth-00001"
    assert deployed.tag("auth", "candidate") is None
    first = deployed.patches[before : before + 2]
    assert first == [
        ("auth", [("auth-00001", 90), ("auth-00002", 10)]),
        ("course", [("course-00001", 90), ("course-00002", 10)]),
    ]
    assert deployed.now - start >= 600


def test_it_is_judged_by_all_of_its_time(deployed: GoogleApis, command: Run) -> None:
    answered(deployed)
    assert command(canary, *SERVICES, "--minutes", "10") == 0
    periods = [int(q["aggregation.alignmentPeriod"].removesuffix("s")) for q in deployed.queries]
    assert periods[0] == 60
    assert periods[-1] >= 600


def test_errors_take_all_services_back_at_once(
    deployed: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(deployed, failed=2)
    start = deployed.now
    assert command(canary, *SERVICES, "--minutes", "10") == 1
    assert shares(deployed) == STABLE
    assert deployed.now - start < 120
    assert "Worse than the SLO allows: course." in capsys.readouterr().err
    # To look at what went wrong.
    assert deployed.tag("course", "candidate") == "course-00002"


def test_one_failure_of_a_hundred_is_within_the_goal(deployed: GoogleApis, command: Run) -> None:
    answered(deployed, failed=1)
    assert command(canary, *SERVICES, "--max-error-ratio", "0.01") == 0


def test_slowness_takes_it_back(deployed: GoogleApis, command: Run) -> None:
    answered(deployed, latency_ms=2500)
    assert command(canary, *SERVICES, "--max-latency-ms", "2000") == 1
    assert shares(deployed) == STABLE


def test_waiting_for_first_instances_does_not(deployed: GoogleApis, command: Run) -> None:
    answered(deployed, latency_ms=9000)
    later = deployed.now + 5 * 60
    deployed.on_sleep = lambda: answered(deployed) if deployed.now > later else None
    assert command(canary, *SERVICES, "--max-latency-ms", "2000") == 0
    assert shares(deployed) == PROMOTED


def test_a_read_that_fails_decides_nothing(deployed: GoogleApis, command: Run) -> None:
    answered(deployed)
    deployed.failing_reads = chain([0, 503, 503, 0, 429, 0, 500, 502, 504], repeat(0))
    assert command(canary, *SERVICES) == 0
    assert shares(deployed) == PROMOTED


def test_who_waits_for_others_may_be_slow(deployed: GoogleApis, command: Run) -> None:
    answered(deployed, latency_ms=25_000)
    assert command(canary, *SERVICES, "--slow", "course") == 0
    assert shares(deployed) == PROMOTED


@pytest.mark.parametrize(
    ("when_quiet", "code", "after"), [("rollback", 1, STABLE), ("promote", 0, PROMOTED)]
)
def test_without_data_it_is_as_the_operator_says(
    deployed: GoogleApis,
    command: Run,
    when_quiet: str,
    code: int,
    after: dict[str, dict[str, int]],
) -> None:
    assert command(canary, *SERVICES, "--when-quiet", when_quiet) == code
    assert shares(deployed) == after


def test_too_few_requests_prove_nothing_either_way(deployed: GoogleApis, command: Run) -> None:
    deployed.counts["auth-00002"] = {"2xx": 2, "5xx": 3}
    deployed.counts["course-00002"] = {"2xx": 100}
    assert command(canary, *SERVICES) == 1
    assert shares(deployed) == STABLE


@pytest.mark.parametrize(
    ("counts", "after"),
    [({"2xx": 2, "5xx": 3}, STABLE), ({"5xx": 2}, STABLE), ({"2xx": 19, "5xx": 1}, PROMOTED)],
)
def test_few_requests_that_fail_are_not_promoted(
    deployed: GoogleApis, command: Run, counts: dict[str, int], after: dict[str, dict[str, int]]
) -> None:
    deployed.counts["auth-00002"] = counts
    assert command(canary, *SERVICES, "--when-quiet", "promote") == (after == STABLE)
    assert shares(deployed) == after


def test_data_that_comes_late_is_waited_for(deployed: GoogleApis, command: Run) -> None:
    late = deployed.now + 11 * 60
    deployed.on_sleep = lambda: answered(deployed) if deployed.now > late else None
    assert command(canary, *SERVICES, "--minutes", "10") == 0
    assert shares(deployed) == PROMOTED


def test_a_write_in_between_stops_it_and_goes_back(deployed: GoogleApis, command: Run) -> None:
    answered(deployed)

    def once(name: str) -> None:
        if name == "course":
            deployed.before_patch = lambda _: None
            deployed.change(name)

    deployed.before_patch = once
    assert command(canary, *SERVICES) == 3
    assert shares(deployed) == STABLE


def test_a_cancelled_build_goes_back(deployed: GoogleApis, command: Run) -> None:
    answered(deployed)

    def cancel() -> None:
        deployed.on_sleep = lambda: None
        os.kill(os.getpid(), signal.SIGTERM)

    deployed.on_sleep = cancel
    assert command(canary, *SERVICES) == 1
    assert shares(deployed) == STABLE


def test_traffic_that_an_operator_moved_is_not_moved_again(
    deployed: GoogleApis, command: Run
) -> None:
    answered(deployed)
    revision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
    elsewhere = [{"type": revision, "revision": "auth-00000", "percent": 100}]

    def move() -> None:
        deployed.on_sleep = lambda: None
        deployed.change("auth", traffic=elsewhere)

    deployed.on_sleep = move
    assert command(canary, *SERVICES) == 3
    assert deployed.services["auth"]["traffic"] == elsewhere
    assert deployed.shares("course") == STABLE["course"]


def test_going_back_insists_on_it(deployed: GoogleApis, command: Run) -> None:
    answered(deployed, failed=50)
    conflicts = iter(range(3))

    def busy(name: str) -> None:
        if deployed.shares(name).get(f"{name}-00002") and next(conflicts, None) is not None:
            deployed.change(name)

    deployed.before_patch = busy
    assert command(canary, *SERVICES) == 1
    assert shares(deployed) == STABLE


def test_going_back_outlasts_errors_and_a_second_signal(
    deployed: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(deployed, failed=50)
    errors = iter(["Internal error."] * 3)

    def failing(name: str) -> None:
        if deployed.shares(name).get(f"{name}-00002"):
            os.kill(os.getpid(), signal.SIGTERM)
            deployed.broken_operation = next(errors, None)

    deployed.on_sleep = lambda: setattr(deployed, "before_patch", failing)
    assert command(canary, *SERVICES) == 1
    assert shares(deployed) == STABLE
    assert "not rolled back: Internal error." in capsys.readouterr().err


def test_what_cannot_be_taken_back_is_told(
    deployed: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(deployed, failed=50)

    def busy(name: str) -> None:
        if deployed.shares(name).get("auth-00002"):
            deployed.change(name)

    deployed.on_sleep = lambda: setattr(deployed, "before_patch", busy)
    assert command(canary, *SERVICES) == 1
    assert deployed.shares("course") == STABLE["course"]
    assert capsys.readouterr().err.count("auth: not rolled back") == 5


def test_an_operation_that_fails_at_the_end_goes_back(deployed: GoogleApis, command: Run) -> None:
    answered(deployed)

    def promoting(name: str) -> None:
        if name == "course" and deployed.shares("auth") == PROMOTED["auth"]:
            deployed.before_patch = lambda _: setattr(deployed, "broken_operation", None)
            deployed.broken_operation = "Internal error."

    deployed.before_patch = promoting
    assert command(canary, *SERVICES) == 1
    assert shares(deployed) == STABLE


def test_a_service_that_has_not_changed_is_left_alone(apis: GoogleApis, command: Run) -> None:
    apis.add("auth")
    revision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
    target = {"type": revision, "revision": "auth-00001", "percent": 100}
    apis.change("auth", traffic=[target, {**target, "percent": 0, "tag": "candidate"}])
    assert command(canary, "--services", "auth") == 0
    assert apis.patches == []


def test_without_a_candidate_there_is_no_canary(apis: GoogleApis, command: Run) -> None:
    apis.add("auth")
    assert command(canary, "--services", "auth") == 1
