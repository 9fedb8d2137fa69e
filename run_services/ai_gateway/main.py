"""The AI gateway: learners' words to a language model and back, paid for once."""

from run_services.ai_gateway import assembly
from run_services.ai_gateway.settings import Settings
from run_services.ai_gateway.usecases import Gateway
from shared import wiring
from shared.runtime import web


def create_app(settings: Settings | None = None, gateway: Gateway | None = None) -> web.App:
    settings = settings or Settings()
    wiring.telemetry("ai_gateway", settings)
    return assembly.app(settings, gateway)
