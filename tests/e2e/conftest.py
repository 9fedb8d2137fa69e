"""The whole stack, started once for all end-to-end tests, and learners who use it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.client import Client
from local.deployables import ROOT
from local.processes import free_port
from local.stack import Stack
from shared.adapters.embedded.clock import SystemClock

AUDIO = ROOT / "tests" / "fixtures" / "audio"
ORIGIN = "https://app.example"


@pytest.fixture(scope="session")
def models() -> Path:
    return Path(os.environ.get("DATA", ROOT / ".rostrum")) / "models"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stack]:
    data = tmp_path_factory.mktemp("stack")
    with Stack(data, models, free_port(), origins=[ORIGIN]) as stack:
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
