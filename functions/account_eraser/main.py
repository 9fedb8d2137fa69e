"""Event function: an account was erased. Runs on the topic account-erased."""

from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import AccountErased
from shared.runtime import delivery

from .pipeline import AccountEraser
from .settings import Settings


@cache
def _pipeline() -> AccountEraser:
    settings = Settings()
    wiring.telemetry("account_eraser", settings)
    urls = {
        "practice": settings.practice_url,
        "course": settings.course_url,
        "ai_gateway": settings.ai_gateway_url,
        "auth": settings.auth_url,
    }
    timeout_s = settings.service_timeout_s
    clients = {
        name: wiring.service_client(
            settings, name, url, caller="account_eraser", timeout_s=timeout_s
        )
        for name, url in urls.items()
    }
    return AccountEraser(clients)


@functions_framework.cloud_event
def on_account_erased(event: CloudEvent) -> None:
    delivery.run(event, AccountErased, _pipeline().erase)
