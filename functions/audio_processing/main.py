"""Event function: a recording was uploaded. Runs on storage object-finalized events."""

from datetime import timedelta
from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import ObjectFinalized
from shared.runtime import delivery, logs

from .pipeline import AudioProcessing
from .settings import Settings


@cache
def _pipeline() -> AudioProcessing:
    settings = Settings()
    logs.configure("audio_processing", level=settings.log_level, project=settings.project)
    return AudioProcessing(
        wiring.attempts(settings),
        wiring.recordings(settings),
        wiring.events(settings),
        wiring.transcriber(settings),
        wiring.clock(),
        lease=timedelta(seconds=settings.processing_lease_s),
    )


@functions_framework.cloud_event
def on_recording_uploaded(event: CloudEvent) -> None:
    pipeline = _pipeline()
    delivery.run(event, ObjectFinalized, pipeline.analyse, pipeline.fail)
