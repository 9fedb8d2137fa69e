"""An operator's way back, and the migrations that make it safe."""

from collections.abc import Callable

import pytest

from delivery import canary, deploy, migrate, rollback
from tests.fakes.google_apis import GoogleApis

Run = Callable[..., int]
NEW = "host/rostrum@sha256:new"


@pytest.fixture
def released(deployed: GoogleApis, command: Run) -> GoogleApis:
    assert command(canary, "--services", "auth,course", "--when-quiet", "promote") == 0
    return deployed


def test_back_to_the_one_before_without_naming_it(released: GoogleApis, command: Run) -> None:
    assert command(rollback, "--service", "auth") == 0
    assert released.shares("auth") == {"auth-00001": 100}
    assert released.shares("course") == {"course-00002": 100}
    assert released.tag("auth", "previous") == "auth-00002"


def test_back_to_a_named_revision(released: GoogleApis, command: Run) -> None:
    assert command(rollback, "--service", "auth", "--revision", "auth-00000") == 0
    assert released.shares("auth") == {"auth-00000": 100}


def test_it_wins_over_other_changes(released: GoogleApis, command: Run) -> None:
    conflicts = iter(range(4))
    released.before_patch = lambda name: (
        released.change(name) if next(conflicts, None) is not None else None
    )
    assert command(rollback, "--service", "auth") == 0
    assert released.shares("auth") == {"auth-00001": 100}


def test_out_of_a_rollout_that_was_broken_off(deployed: GoogleApis, command: Run) -> None:
    revision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
    deployed.change(
        "auth",
        traffic=[
            {"type": revision, "revision": "auth-00001", "percent": 90},
            {"type": revision, "revision": "auth-00002", "percent": 10, "tag": "candidate"},
        ],
    )
    assert command(rollback, "--service", "auth") == 0
    assert deployed.shares("auth") == {"auth-00001": 100}


def test_the_one_before_stays_known_through_rollouts(released: GoogleApis, command: Run) -> None:
    """Of a rollout that failed, and of one that an operator ends."""
    newer = "host/rostrum@sha256:newer"
    assert command(deploy, "--services", "auth", "--image", newer) == 0
    assert command(canary, "--services", "auth", "--when-quiet", "rollback") == 1
    assert released.shares("auth") == {"auth-00002": 100}
    assert released.tag("auth", "previous") == "auth-00001"

    def killed() -> None:
        raise KeyboardInterrupt

    released.on_sleep = killed
    released.before_patch = lambda name: (
        setattr(released, "broken_operation", "Internal error.")
        if released.shares(name).get("auth-00003")
        else None
    )
    with pytest.raises(KeyboardInterrupt):
        command(canary, "--services", "auth")
    released.broken_operation, released.before_patch = None, lambda _: None
    released.on_sleep = lambda: None
    assert released.shares("auth") == {"auth-00002": 90, "auth-00003": 10}
    assert command(rollback, "--service", "auth") == 0
    assert released.shares("auth") == {"auth-00002": 100}
    assert released.tag("auth", "previous") == "auth-00001"
    assert command(rollback, "--service", "auth") == 0
    assert released.shares("auth") == {"auth-00001": 100}


def test_without_one_before_it_asks_for_a_name(
    apis: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    apis.add("auth")
    assert command(rollback, "--service", "auth") == 1
    assert "REVISION=" in capsys.readouterr().err
    assert apis.patches == []


@pytest.fixture
def jobs(apis: GoogleApis) -> GoogleApis:
    for name in ("migrate-auth", "migrate-course"):
        container = {"image": "host/rostrum@sha256:old", "command": ["python"]}
        inner = {"containers": [container], "maxRetries": 0, "timeout": "3600s"}
        template = {"taskCount": 1, "template": inner}
        apis.jobs[name] = {"etag": '"1"', "template": template}
    return apis


def test_migrations_run_with_the_releases_image_in_order(jobs: GoogleApis, command: Run) -> None:
    assert command(migrate, "--jobs", "migrate-auth,migrate-course", "--image", NEW) == 0
    assert jobs.executed == [("migrate-auth", NEW), ("migrate-course", NEW)]
    inner = jobs.jobs["migrate-auth"]["template"]["template"]
    container = {"image": NEW, "command": ["python"]}
    assert inner == {"containers": [container], "maxRetries": 0, "timeout": "3600s"}


def test_a_migration_that_fails_stops_the_release(
    jobs: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs.failing_jobs.add("migrate-auth")
    assert command(migrate, "--jobs", "migrate-auth,migrate-course", "--image", NEW) == 1
    assert jobs.executed == [("migrate-auth", NEW)]
    assert "migrate-auth failed" in capsys.readouterr().err


def test_a_job_is_not_run_with_anothers_image(jobs: GoogleApis, command: Run) -> None:
    def given_another(name: str) -> None:
        jobs.jobs[name]["etag"] = '"another"'

    jobs.before_run = given_another
    assert command(migrate, "--jobs", "migrate-auth", "--image", NEW) == 3
    assert jobs.executed == []
