"""Event function: time to sweep accounts. Runs on the topic sweep-due, filled by a scheduler."""

from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import SweepDue
from shared.runtime import delivery

from .pipeline import AccountSweeper
from .settings import Settings


@cache
def _pipeline() -> AccountSweeper:
    settings = Settings()
    wiring.telemetry("account_sweeper", settings)
    timeout_s = settings.service_timeout_s
    return AccountSweeper(
        wiring.service_client(
            settings, "auth", settings.auth_url, caller="account_sweeper", timeout_s=timeout_s
        )
    )


@functions_framework.cloud_event
def on_sweep_due(event: CloudEvent) -> None:
    delivery.run(event, SweepDue, _pipeline().sweep)
