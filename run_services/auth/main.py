"""The auth service: accounts, sessions, and everything about who somebody is."""

from run_services.auth import assembly
from run_services.auth.settings import Settings
from shared.runtime import logs, web


def create_app(settings: Settings | None = None, ports: assembly.Ports | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("auth", level=settings.log_level, project=settings.project)
    return assembly.app(settings, ports or assembly.ports(settings))
