"""The object server of the one-machine stack."""

from local.object_server import routes
from local.object_server.settings import Settings
from shared import wiring
from shared.runtime import logs, web


def create_app(settings: Settings | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("object_server", level=settings.log_level, project=settings.project)
    objects = wiring.embedded_objects(settings)
    return web.public_app(
        "object_server", routes.blueprint(objects), max_body_bytes=routes.MAX_BODY_BYTES
    )
