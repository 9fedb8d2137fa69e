"""Event function: an export was asked for. Runs on the topic account-export-requested."""

from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import AccountExportRequested
from shared.runtime import delivery

from .pipeline import AccountExporter
from .settings import Settings


@cache
def _pipeline() -> AccountExporter:
    settings = Settings()
    wiring.telemetry("account_exporter", settings)
    urls = {
        "auth": settings.auth_url,
        "course": settings.course_url,
        "practice": settings.practice_url,
        "ai_gateway": settings.ai_gateway_url,
    }
    timeout_s = settings.service_timeout_s
    clients = {
        name: wiring.service_client(
            settings, name, url, caller="account_exporter", timeout_s=timeout_s
        )
        for name, url in urls.items()
    }
    return AccountExporter(clients, wiring.exports(settings))


@functions_framework.cloud_event
def on_export_requested(event: CloudEvent) -> None:
    delivery.run(event, AccountExportRequested, _pipeline().export)
