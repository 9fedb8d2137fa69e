"""Google's APIs on this machine, and a release that is under way on them."""

from collections.abc import Callable, Iterator

import pytest
import requests

from delivery import deploy
from delivery.google import Google
from tests.fakes.google_apis import PROJECT, REGION, GoogleApis

WHERE = ["--project", PROJECT, "--region", REGION]
NEW = "host/rostrum@sha256:new"


@pytest.fixture
def apis() -> Iterator[GoogleApis]:
    with GoogleApis() as server:
        yield server


@pytest.fixture
def google(apis: GoogleApis) -> Iterator[Google]:
    with requests.Session() as session:
        yield apis.client(session)


@pytest.fixture
def command(google: Google) -> Callable[..., int]:
    """Runs a delivery command: its module and its own arguments; the exit code."""

    def run(module: object, *arguments: str) -> int:
        return module.main([*WHERE, *arguments], google)  # type: ignore[attr-defined]

    return run


@pytest.fixture
def deployed(apis: GoogleApis, command: Callable[..., int]) -> GoogleApis:
    """Auth and course with a candidate each, that nobody but its tag reaches."""
    for name in ("auth", "course"):
        apis.add(name)
    assert command(deploy, "--services", "auth,course", "--image", NEW) == 0
    return apis
