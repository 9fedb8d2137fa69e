"""Event function: time to sweep. Runs on the topic sweep-due, filled by a scheduler."""

from datetime import timedelta
from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import SweepDue
from shared.runtime import delivery

from .pipeline import AttemptSweeper
from .retention import Retention
from .settings import Settings


@cache
def _pipeline() -> AttemptSweeper:
    settings = Settings()
    wiring.telemetry("attempt_sweeper", settings)
    attempts, recordings = wiring.attempts(settings), wiring.recordings(settings)
    choices, clock = wiring.recording_choices(settings), wiring.clock()
    return AttemptSweeper(
        attempts,
        recordings,
        wiring.features(settings),
        wiring.events(settings),
        clock,
        Retention(attempts, choices, recordings, clock),
        upload_grace=timedelta(seconds=settings.upload_grace_s),
        queued_for=timedelta(seconds=settings.queued_for_s),
        stale_after=timedelta(seconds=settings.stale_after_s),
    )


@functions_framework.cloud_event
def on_sweep_due(event: CloudEvent) -> None:
    delivery.run(event, SweepDue, _pipeline().sweep)
