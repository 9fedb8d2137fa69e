"""Event function: an attempt was analyzed. Runs on the topic attempt-analyzed."""

from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import AttemptChanged
from shared.runtime import delivery

from .ai_gateway import AiGateway
from .pipeline import FeedbackWriter
from .settings import Settings


@cache
def _pipeline() -> FeedbackWriter:
    settings = Settings()
    wiring.telemetry("feedback_writer", settings)
    return FeedbackWriter(
        wiring.attempts(settings),
        wiring.events(settings),
        AiGateway(
            wiring.service_client(
                settings,
                "ai_gateway",
                settings.ai_gateway_url,
                caller="feedback_writer",
                timeout_s=settings.ai_gateway_timeout_s,
            )
        ),
        wiring.clock(),
    )


@functions_framework.cloud_event
def on_attempt_analyzed(event: CloudEvent) -> None:
    pipeline = _pipeline()
    delivery.run(event, AttemptChanged, pipeline.write, pipeline.fail)
