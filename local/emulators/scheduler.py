"""Cloud Scheduler of the emulator stack: `python -m local.emulators.scheduler`."""

import logging
import signal
import threading

from pydantic import Field

from shared import wiring
from shared.domain.errors import AppError
from shared.domain.events import SWEEP_DUE
from shared.ports.events import Events
from shared.runtime import logs
from shared.runtime.store_settings import DatabaseSettings

_log = logging.getLogger(__name__)


class Settings(DatabaseSettings):
    """Settings of the scheduler."""

    sweep_every_s: float = Field(60.0, description="How often stale attempts are looked for.")
    head_start_s: float = Field(
        300.0, description="How long after a start only the queue is worked off."
    )


def run(events: Events, settings: Settings, stopping: threading.Event) -> None:
    """Announce every sweep until stopped; one that cannot be published is left out."""
    if stopping.wait(settings.head_start_s):
        return
    while not stopping.wait(settings.sweep_every_s):
        try:
            events.publish(SWEEP_DUE, {})
        except AppError as error:
            _log.warning("sweep not announced: %s", error.code)


def main() -> None:
    settings = Settings()
    logs.configure("scheduler", level=settings.log_level, project=settings.project)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    run(wiring.events(settings), settings, stopping)


if __name__ == "__main__":
    main()
