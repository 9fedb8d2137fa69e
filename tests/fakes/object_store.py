"""A bucket behind its real HTTP door, with a clock that is held; here that of a folder."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from werkzeug.serving import make_server

from local.object_server import routes
from shared.adapters.embedded.objects import FolderObjects
from shared.adapters.embedded.signed_urls import UrlSigner
from shared.ports.objects import ObjectInfo, WritableObjects
from shared.runtime import web


@dataclass
class HeldClock:
    at: datetime = datetime(2026, 11, 21, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at

    def new_id(self) -> str:
        raise NotImplementedError


REFUSALS = {
    "upload_too_large": {413},
    "already_uploaded": {412},
    "url_expired": {403},
    "url_signature_invalid": {403},
    "object_not_found": {404},
}


@dataclass
class Store:
    """A time `clock.at` that may be moved; `refusals` are the statuses behind the door's codes."""

    objects: WritableObjects
    clock: HeldClock
    refusals: Mapping[str, set[int]]
    announcements: Callable[[], list[ObjectInfo]]

    @property
    def announced(self) -> list[ObjectInfo]:
        return self.announcements()

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
    objects = FolderObjects(tmp_path, signer, clock, announced.append)
    store = Store(objects, clock, REFUSALS, lambda: announced)
    server.app = web.public_app(
        "object_server",
        routes.blueprint({"uploads": objects}),
        max_body_bytes=routes.MAX_BODY_BYTES,
    )
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield store
    server.shutdown()
    thread.join()
    server.server_close()
