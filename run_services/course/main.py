"""The course service: courses, their versions and media, and learners' progress through them."""

from run_services.course import assembly
from run_services.course.settings import Settings
from shared import wiring
from shared.runtime import web


def create_app(settings: Settings | None = None) -> web.App:
    settings = settings or Settings()
    wiring.telemetry("course", settings)
    return assembly.app(settings)
