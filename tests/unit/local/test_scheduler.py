"""The emulator stack's scheduler."""

import threading
from collections.abc import Mapping

from pydantic import SecretStr

from local.emulators.scheduler import Settings, run
from shared.domain.errors import Unavailable


class _Sweeps:
    """Refuses the first, and stops the scheduler at the third."""

    def __init__(self, stopping: threading.Event) -> None:
        self.published: list[tuple[str, Mapping[str, object]]] = []
        self._stopping = stopping

    def publish(self, topic: str, data: Mapping[str, object], attributes: object = None) -> str:
        self.published.append((topic, data))
        if len(self.published) == 1:
            raise Unavailable("away")
        if len(self.published) == 3:
            self._stopping.set()
        return "id"


def _settings(**changes: float) -> Settings:
    return Settings(database_url=SecretStr("unused"), sweep_every_s=0.01, **changes)


def test_announces_sweeps_and_survives_an_outage() -> None:
    stopping = threading.Event()
    sweeps = _Sweeps(stopping)
    run(sweeps, _settings(head_start_s=0.0), stopping)
    assert sweeps.published == [("sweep-due", {})] * 3


def test_the_queue_has_a_head_start() -> None:
    stopping = threading.Event()
    sweeps = _Sweeps(stopping)
    threading.Timer(0.2, stopping.set).start()
    run(sweeps, _settings(head_start_s=60.0), stopping)
    assert sweeps.published == []
