"""The gateway over documents in memory and a clock that stands still."""

from collections.abc import Callable

import pytest

from run_services.ai_gateway.calls import Calls
from run_services.ai_gateway.usecases import Gateway
from shared.adapters.embedded.language_model import RubricWriter
from tests.fakes.clock import StillClock
from tests.fakes.documents import MemoryDocuments


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def documents(clock: StillClock) -> MemoryDocuments:
    return MemoryDocuments(clock)


@pytest.fixture
def gateway(documents: MemoryDocuments, clock: StillClock) -> Callable[..., Gateway]:
    return lambda *models: Gateway(Calls(documents, clock), [*models, RubricWriter()])
