"""The AI gateway: learners' words to a language model and back, paid for once."""

from run_services.ai_gateway import assembly
from run_services.ai_gateway.settings import Settings
from run_services.ai_gateway.usecases import Gateway
from shared.runtime import logs, web


def create_app(settings: Settings | None = None, gateway: Gateway | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("ai_gateway", level=settings.log_level, project=settings.project)
    return assembly.app(settings, gateway)
