"""Event function: an attempt was completed. Runs on the topic attempt-completed."""

from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import AttemptChanged
from shared.runtime import delivery

from .pipeline import LessonCompletion
from .settings import Settings


@cache
def _pipeline() -> LessonCompletion:
    settings = Settings()
    wiring.telemetry("lesson_completion", settings)
    return LessonCompletion(
        wiring.attempts(settings),
        wiring.service_client(
            settings,
            "course",
            settings.course_url,
            caller="lesson_completion",
            timeout_s=settings.course_timeout_s,
        ),
    )


@functions_framework.cloud_event
def on_attempt_completed(event: CloudEvent) -> None:
    delivery.run(event, AttemptChanged, _pipeline().report)
