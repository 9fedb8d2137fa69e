"""The course service: courses, their versions and media, and learners' progress through them."""

from run_services.course import assembly
from run_services.course.settings import Settings
from shared.runtime import logs, web


def create_app(settings: Settings | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("course", level=settings.log_level, project=settings.project)
    return assembly.app(settings)
