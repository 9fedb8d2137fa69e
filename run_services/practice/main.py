"""The practice service: attempts, from the request for an upload to the finished feedback."""

from run_services.practice import assembly
from run_services.practice.settings import Settings
from shared import wiring
from shared.runtime import web


def create_app(settings: Settings | None = None) -> web.App:
    settings = settings or Settings()
    wiring.telemetry("practice", settings)
    return assembly.app(settings)
