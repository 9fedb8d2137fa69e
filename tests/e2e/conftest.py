"""The whole stack on either engine, started once for all end-to-end tests, and its learners.

The tests do not know which engine they run on.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from local.client import Client
from local.deployables import ROOT
from local.processes import free_port
from local.stack import EngineName, Stack
from shared.adapters.embedded.clock import SystemClock
from tests.emulators import official

AUDIO = ROOT / "tests" / "fixtures" / "audio"
ORIGIN = "https://app.example"


@pytest.fixture(scope="session")
def models() -> Path:
    return Path(os.environ.get("DATA", ROOT / ".rostrum")) / "models"


@pytest.fixture(scope="session", params=get_args(EngineName))
def engine(request: pytest.FixtureRequest) -> EngineName:
    """The embedded engine, and Google's adapters on the emulators where they are installed."""
    if request.param == "emulators":
        official.require_all()
    return request.param


@pytest.fixture
def durable_engine(engine: EngineName) -> EngineName:
    """For tests that stop a stack and start it again on the same data."""
    if engine == "emulators":
        pytest.skip("the emulators keep nothing beyond their run")
    return engine


@pytest.fixture(scope="session")
def stack(
    engine: EngineName, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Stack]:
    data = tmp_path_factory.mktemp("stack")
    with Stack(data, models, free_port(), origins=[ORIGIN], engine=engine) as stack:
        yield stack


@pytest.fixture
def learner(stack: Stack) -> Iterator[Callable[[], Client]]:
    """A client for a new learner, as often as asked."""
    clients: list[Client] = []

    def learner() -> Client:
        clients.append(Client(stack.url, stack.learner_token(SystemClock().new_id())))
        return clients[-1]

    yield learner
    for client in clients:
        client.http.close()


@pytest.fixture
def finish(learner: Callable[[], Client]) -> Callable[..., dict[str, Any]]:
    """A recording goes the whole way; answers the finished attempt."""

    def finish(audio: Path, text: str | None = None, client: Client | None = None) -> dict:
        client = client or learner()
        created = client.create(audio, text=text)
        client.upload(created, audio.read_bytes())
        *_, attempt = client.watch(created["id"], timeout_s=120)
        return attempt

    return finish
