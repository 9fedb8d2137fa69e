"""The practice service: attempts, from the request for an upload to the finished feedback."""

from run_services.practice import assembly
from run_services.practice.settings import Settings
from shared.runtime import logs, web


def create_app(settings: Settings | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("practice", level=settings.log_level, project=settings.project)
    return assembly.app(settings)
