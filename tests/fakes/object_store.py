"""A folder of objects behind its real HTTP door, with a clock that is held."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from werkzeug.serving import make_server

from local.object_server import routes
from shared.adapters.embedded.objects import FolderObjects
from shared.adapters.embedded.signed_urls import UrlSigner
from shared.ports.objects import ObjectInfo
from shared.runtime import web


@dataclass
class HeldClock:
    at: datetime = datetime(2026, 11, 21, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at

    def new_id(self) -> str:
        raise NotImplementedError


@dataclass
class Store:
    objects: FolderObjects
    clock: HeldClock
    announced: list[ObjectInfo] = field(default_factory=list)

    def terms(self, name: str, *, max_bytes: int = 100, minutes: int = 15) -> dict:
        signed = self.objects.signed_upload(
            name,
            content_type="audio/webm",
            max_bytes=max_bytes,
            expires_at=self.clock.at + timedelta(minutes=minutes),
        )
        return {"url": signed.url, "headers": dict(signed.headers)}

    def put(self, name: str, data: bytes, **options: int) -> httpx.Response:
        return httpx.put(**self.terms(name, **options), content=data)


@contextmanager
def served(tmp_path: Path) -> Iterator[Store]:
    clock = HeldClock()
    announced: list[ObjectInfo] = []
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    signer = UrlSigner(f"http://127.0.0.1:{server.server_port}/storage", "uploads", b"s" * 32)
    store = Store(FolderObjects(tmp_path, signer, clock, announced.append), clock, announced)
    server.app = web.public_app(
        "object_server",
        routes.blueprint({"uploads": store.objects}),
        max_body_bytes=routes.MAX_BODY_BYTES,
    )
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield store
    server.shutdown()
    thread.join()
    server.server_close()
