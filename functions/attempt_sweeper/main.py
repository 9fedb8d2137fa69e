"""Event function: time to sweep. Runs on the topic sweep-due, filled by a scheduler."""

from datetime import timedelta
from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import SweepDue
from shared.runtime import delivery, logs

from .pipeline import AttemptSweeper
from .settings import Settings


@cache
def _pipeline() -> AttemptSweeper:
    settings = Settings()
    logs.configure("attempt_sweeper", level=settings.log_level, project=settings.project)
    return AttemptSweeper(
        wiring.attempts(settings),
        wiring.recordings(settings),
        wiring.events(settings),
        wiring.clock(),
        upload_grace=timedelta(seconds=settings.upload_grace_s),
        queued_for=timedelta(seconds=settings.queued_for_s),
        stale_after=timedelta(seconds=settings.stale_after_s),
    )


@functions_framework.cloud_event
def on_sweep_due(event: CloudEvent) -> None:
    delivery.run(event, SweepDue, _pipeline().sweep)
