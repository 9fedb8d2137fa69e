"""A new revision gets a tag and nobody's requests."""

from collections.abc import Callable

import pytest

from delivery import deploy
from tests.fakes.google_apis import GoogleApis

NEW = "host/rostrum@sha256:new"
Run = Callable[..., int]


def test_the_candidate_is_tagged_and_the_traffic_stays(apis: GoogleApis, command: Run) -> None:
    apis.add("auth")
    assert command(deploy, "--services", "auth", "--image", NEW) == 0
    assert apis.shares("auth") == {"auth-00001": 100}
    assert apis.tag("auth", "candidate") == "auth-00002"
    container = apis.services["auth"]["template"]["containers"][0]
    assert container == {
        "image": NEW,
        "command": ["gunicorn"],
        "env": [{"name": "A", "value": "1"}],
    }


def test_at_no_time_did_the_candidate_have_traffic(deployed: GoogleApis) -> None:
    assert len(deployed.patches) == 4
    for name, shares in deployed.patches:
        assert shares == [(f"{name}-00001", 100)]


def test_a_revision_made_meanwhile_is_not_the_candidate(deployed: GoogleApis) -> None:
    deployed.services["auth"]["revisions"] += 1
    assert deployed.tag("auth", "candidate") == "auth-00002"
    assert deployed.shares("auth") == {"auth-00001": 100}


def test_the_same_again_makes_no_other_revision(deployed: GoogleApis, command: Run) -> None:
    assert command(deploy, "--services", "auth,course", "--image", NEW) == 0
    assert deployed.latest("auth") == "auth-00002"
    assert deployed.tag("auth", "candidate") == "auth-00002"


def test_a_name_of_a_revision_is_not_kept(apis: GoogleApis, command: Run) -> None:
    apis.add("auth")
    apis.services["auth"]["template"]["revision"] = "auth-00001"
    assert command(deploy, "--services", "auth", "--image", NEW) == 0
    assert "revision" not in apis.services["auth"]["template"]


def test_an_operation_that_fails_is_told_and_changes_nothing(
    apis: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    apis.add("auth")
    apis.broken_operation = "Revision 'auth-00002' is not ready and cannot serve traffic."
    assert command(deploy, "--services", "auth", "--image", NEW) == 1
    assert "is not ready" in capsys.readouterr().err
    assert apis.shares("auth") == {"auth-00001": 100}


def test_a_revision_that_does_not_become_ready_fails(
    apis: GoogleApis, command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    apis.add("auth")
    apis.unready_images.add(NEW)
    assert command(deploy, "--services", "auth", "--image", NEW) == 1
    assert "auth-00002 does not become ready" in capsys.readouterr().err
    # Terraform's changes make further revisions of what is there: it has to start.
    container = apis.services["auth"]["template"]["containers"][0]
    assert container["image"] == "host/rostrum@sha256:old"
    assert apis.shares("auth") == {"auth-00001": 100}
    assert apis.tag("auth", "candidate") is None


def test_two_deliveries_at_once_stop_one(apis: GoogleApis, command: Run) -> None:
    apis.add("auth")
    apis.before_patch = apis.change
    assert command(deploy, "--services", "auth", "--image", NEW) == 3
    assert apis.patches == []


def test_a_broken_off_rollout_is_not_built_upon(deployed: GoogleApis, command: Run) -> None:
    revision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
    deployed.change(
        "auth",
        traffic=[
            {"type": revision, "revision": "auth-00001", "percent": 90},
            {"type": revision, "revision": "auth-00002", "percent": 10, "tag": "candidate"},
        ],
    )
    before = len(deployed.patches)
    assert command(deploy, "--services", "auth", "--image", "host/rostrum@sha256:newer") == 1
    assert len(deployed.patches) == before


@pytest.mark.parametrize(
    ("services", "image"), [("auth", "host/rostrum:latest"), ("absent", NEW)], ids=["tag", "absent"]
)
def test_what_cannot_be_deployed_is_refused(
    apis: GoogleApis, command: Run, services: str, image: str
) -> None:
    apis.add("auth")
    assert command(deploy, "--services", services, "--image", image) == 1
    assert apis.patches == []
