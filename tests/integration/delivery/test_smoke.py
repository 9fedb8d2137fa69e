"""The candidate is asked at its own address before anybody else reaches it."""

from collections.abc import Callable

import pytest

from delivery import smoke
from tests.fakes.google_apis import GoogleApis

Run = Callable[..., int]
OPTIONS = ["--services", "auth,course", "--account", "deployer@x"]
REFUSING = {
    "/at/candidate/auth/v1/users/me": 401,
    "/at/candidate/course/v1/courses": 401,
}


def test_candidates_that_answer_pass(deployed: GoogleApis, command: Run) -> None:
    deployed.answers = dict(REFUSING)
    assert command(smoke, *OPTIONS) == 0
    assert [path for path, _ in deployed.asked] == [
        "/at/candidate/auth/internal/v1/health/ready",
        "/at/candidate/auth/v1/health",
        "/at/candidate/auth/v1/users/me",
        "/at/candidate/course/internal/v1/health/ready",
        "/at/candidate/course/v1/health",
        "/at/candidate/course/v1/courses",
    ]


def test_cloud_run_gets_its_token_and_the_service_none(deployed: GoogleApis, command: Run) -> None:
    deployed.answers = dict(REFUSING)
    command(smoke, *OPTIONS)
    for path, headers in deployed.asked:
        name = path.split("/")[3]
        token = f"Bearer id-token-for-https://{name}.run.example"
        assert headers["X-Serverless-Authorization"] == token
        assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/at/candidate/auth/internal/v1/health/ready", 503),
        ("/at/candidate/course/v1/health", 500),
        ("/at/candidate/auth/v1/users/me", 200),
    ],
    ids=["not ready", "broken", "open to everybody"],
)
def test_one_that_does_not_stops_the_release(
    deployed: GoogleApis,
    command: Run,
    path: str,
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.answers = REFUSING | {path: status}
    assert command(smoke, *OPTIONS) == 1
    assert f"answers {status}" in capsys.readouterr().err
    assert deployed.shares("auth") == {"auth-00001": 100}
    assert deployed.shares("course") == {"course-00001": 100}


def test_a_first_instance_may_take_its_time(deployed: GoogleApis, command: Run) -> None:
    path = "/at/candidate/auth/v1/health"
    deployed.answers = REFUSING | {path: 503}
    deployed.on_sleep = lambda: deployed.answers.pop(path, None) and None
    assert command(smoke, *OPTIONS) == 0


def test_what_only_the_project_reaches_is_left_to_its_probes(
    deployed: GoogleApis, command: Run
) -> None:
    deployed.answers = dict(REFUSING)
    deployed.change("course", ingress="INGRESS_TRAFFIC_INTERNAL_ONLY")
    assert command(smoke, *OPTIONS) == 0
    assert not any("/course/" in path for path, _ in deployed.asked)


def test_without_a_candidate_there_is_nothing_to_pass(apis: GoogleApis, command: Run) -> None:
    apis.add("auth")
    assert command(smoke, "--services", "auth", "--account", "deployer@x") == 1
