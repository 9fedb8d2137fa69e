"""The practice service: attempts, from the request for an upload to the finished feedback."""

from run_services.practice import routes
from run_services.practice.settings import Settings
from run_services.practice.usecases import Practice
from shared import wiring
from shared.runtime import logs, web


def create_app(settings: Settings | None = None, practice: Practice | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("practice", level=settings.log_level, project=settings.project)
    practice = practice or Practice(
        wiring.attempts(settings), wiring.recordings(settings), wiring.clock()
    )
    keys = wiring.idempotency_keys(settings)
    return web.app(
        "practice",
        wiring.token_verifier(settings),
        wiring.service_verifier(settings, "practice"),
        routes.blueprint(practice, keys),
    )
