"""The auth service: accounts, sessions, and everything about who somebody is."""

from run_services.auth import assembly
from run_services.auth.settings import Settings
from shared import wiring
from shared.runtime import web


def create_app(settings: Settings | None = None, ports: assembly.Ports | None = None) -> web.App:
    settings = settings or Settings()
    wiring.telemetry("auth", settings)
    return assembly.app(settings, ports or assembly.ports(settings))
