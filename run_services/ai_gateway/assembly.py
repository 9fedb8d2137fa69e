"""The AI gateway put together from its ports."""

from run_services.ai_gateway import routes
from run_services.ai_gateway.calls import Calls
from run_services.ai_gateway.data_rights import routes as data_rights
from run_services.ai_gateway.limits import CallLimits
from run_services.ai_gateway.settings import Settings
from run_services.ai_gateway.usecases import Gateway
from shared import wiring
from shared.runtime import readiness, web


def app(settings: Settings, gateway: Gateway | None = None) -> web.App:
    documents = wiring.documents(settings)
    calls = Calls(documents, wiring.clock())
    gateway = gateway or Gateway(
        calls,
        wiring.language_models(settings),
        CallLimits(wiring.rate_limits(settings), settings.calls_per_user),
        timeout_s=settings.model_timeout_s,
        prices=settings.model_prices,
    )
    services = wiring.service_verifier(settings, "ai_gateway")
    return web.app(
        "ai_gateway",
        services,
        services,
        routes.blueprint(gateway),
        data_rights.blueprint(calls),
        ready=readiness.Readiness({"documents": readiness.reads_documents(documents)}),
    )
