"""Event function: a course package was uploaded. Runs on storage object-finalized events."""

from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.domain.events import ObjectFinalized
from shared.runtime import delivery

from .pipeline import PackageImporter
from .settings import Settings


@cache
def _pipeline() -> PackageImporter:
    settings = Settings()
    wiring.telemetry("package_importer", settings)
    return PackageImporter(
        wiring.materials(settings),
        wiring.service_client(
            settings,
            "course",
            settings.course_url,
            caller="package_importer",
            timeout_s=settings.course_timeout_s,
        ),
    )


@functions_framework.cloud_event
def on_material_uploaded(event: CloudEvent) -> None:
    delivery.run(event, ObjectFinalized, _pipeline().run)
