"""Event function: a recording was uploaded. Runs on storage object-finalized events."""

from datetime import timedelta
from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import ObjectFinalized
from shared.runtime import delivery
from shared.runtime.observed import ObservedTranscriber

from .pipeline import AudioProcessing
from .settings import Settings


@cache
def _pipeline() -> AudioProcessing:
    settings = Settings()
    wiring.telemetry("audio_processing", settings)
    return AudioProcessing(
        wiring.attempts(settings),
        wiring.recording_choices(settings),
        wiring.recordings(settings),
        wiring.features(settings),
        wiring.events(settings),
        ObservedTranscriber(wiring.transcriber(settings)),
        wiring.clock(),
        lease=timedelta(seconds=settings.processing_lease_s),
        keep_for=timedelta(days=settings.recordings_kept_days),
    )


@functions_framework.cloud_event
def on_recording_uploaded(event: CloudEvent) -> None:
    pipeline = _pipeline()
    analyse, fail = pipeline.analyse, pipeline.fail
    delivery.run(event, ObjectFinalized, analyse, fail, trace_of=pipeline.traceparent)
