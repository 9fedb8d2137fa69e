"""An operator's way back, and the migrations that make it safe."""

from collections.abc import Callable

import pytest

from delivery import canary, migrate, rollback
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
    assert command(rollback, "--service", "auth", "--revision", "auth-00001") == 0
    assert deployed.shares("auth") == {"auth-00001": 100}


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
        template = {"taskCount": 1, "template": {"containers": [container], "maxRetries": 0}}
        apis.jobs[name] = {"etag": '"1"', "template": template}
    return apis


def test_migrations_run_with_the_releases_image_in_order(jobs: GoogleApis, command: Run) -> None:
    assert command(migrate, "--jobs", "migrate-auth,migrate-course", "--image", NEW) == 0
    assert jobs.executed == [("migrate-auth", NEW), ("migrate-course", NEW)]
    inner = jobs.jobs["migrate-auth"]["template"]["template"]
    assert inner == {"containers": [{"image": NEW, "command": ["python"]}], "maxRetries": 0}


def test_a_migration_that_fails_stops_the_release(
    jobs: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs.failing_jobs.add("migrate-auth")
    assert command(migrate, "--jobs", "migrate-auth,migrate-course", "--image", NEW) == 1
    assert jobs.executed == [("migrate-auth", NEW)]
    assert "migrate-auth failed" in capsys.readouterr().err
