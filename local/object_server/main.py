"""The object server of the one-machine stack."""

from local.object_server import routes
from local.object_server.settings import Settings
from shared import wiring
from shared.runtime import logs, web


def create_app(settings: Settings | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("object_server", level=settings.log_level, project=settings.project)
    names = (settings.uploads_bucket, settings.materials_bucket, settings.exports_bucket)
    buckets = {name: wiring.embedded_objects(settings, name) for name in names}
    return web.public_app(
        "object_server", routes.blueprint(buckets), max_body_bytes=routes.MAX_BODY_BYTES
    )
