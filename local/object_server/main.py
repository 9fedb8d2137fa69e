"""The object server of the one-machine stack."""

from local.object_server import routes
from local.object_server.settings import Settings
from shared import wiring
from shared.runtime import readiness, web


def create_app(settings: Settings | None = None) -> web.App:
    settings = settings or Settings()
    wiring.telemetry("object_server", settings)
    names = (settings.uploads_bucket, settings.materials_bucket, settings.exports_bucket)
    buckets = {name: wiring.embedded_objects(settings, name) for name in names}
    checks = {name: readiness.reads_objects(bucket) for name, bucket in buckets.items()}
    return web.public_app(
        "object_server",
        routes.blueprint(buckets),
        max_body_bytes=routes.MAX_BODY_BYTES,
        ready=readiness.Readiness(checks),
    )
