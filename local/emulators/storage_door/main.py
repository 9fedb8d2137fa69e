"""The door before fake-gcs-server: it checks what that does not, as Cloud Storage would."""

from local.emulators.storage_door import routes
from local.emulators.storage_door.buckets import Buckets, build_client
from local.emulators.storage_door.settings import Settings
from local.emulators.storage_door.signer_key import signing_key
from local.emulators.storage_door.verification import SignedUrls
from shared import wiring
from shared.ports.clock import Clock
from shared.runtime import logs, web


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> web.App:
    settings = settings or Settings()
    logs.configure("storage_door", level=settings.log_level, project=settings.project)
    key = signing_key(settings.signer_key)
    urls = SignedUrls(settings.own_account, key.public_key())
    buckets = Buckets(build_client(settings.storage_emulator_host))
    objects = routes.objects(urls, buckets, clock or wiring.clock(), settings.objects_url)
    iam = routes.iam(settings.own_account, key)
    return web.public_app("storage_door", objects, iam, max_body_bytes=routes.MAX_BODY_BYTES)
