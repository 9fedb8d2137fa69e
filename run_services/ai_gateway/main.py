"""The AI gateway: learners' words to a language model and back, paid for once."""

from run_services.ai_gateway import routes
from run_services.ai_gateway.calls import Calls
from run_services.ai_gateway.settings import Settings
from run_services.ai_gateway.usecases import Gateway
from shared import wiring
from shared.runtime import logs, web


def create_app(settings: Settings | None = None, gateway: Gateway | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("ai_gateway", level=settings.log_level, project=settings.project)
    gateway = gateway or Gateway(
        Calls(wiring.documents(settings), wiring.clock()),
        wiring.language_models(settings),
        timeout_s=settings.model_timeout_s,
    )
    services = wiring.service_verifier(settings, "ai_gateway")
    return web.app("ai_gateway", services, services, routes.blueprint(gateway))
