"""fake-gcs-server behind the storage door, with its notifications, and a clock that moves."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from werkzeug.serving import make_server

from local.emulators import programs
from local.emulators.storage_door.main import create_app
from local.emulators.storage_door.settings import Settings
from shared.adapters.gcp.iam_blobs import IamBlobs
from shared.adapters.gcp.iam_session import build_session
from shared.adapters.gcp.storage import StorageObjects, build_client
from shared.ports.objects import ObjectInfo
from tests.emulators import official
from tests.fakes.object_store import Store

ACCOUNT = "practice@demo-rostrum.iam.gserviceaccount.com"
REFUSALS = {
    "upload_too_large": {400},
    "already_uploaded": {412},
    "url_expired": {400},
    "url_signature_invalid": {400, 403},
    "object_not_found": {404},
}
_TOPIC = "storage-notifications"
_SUBSCRIPTION = "storage-notifications-pulled"
_WITHIN_S = 20.0


class MovedClock:
    """As far from the machine's clock, by which the client signs, as `at` was moved."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    @property
    def at(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    @at.setter
    def at(self, moment: datetime) -> None:
        self._ahead = moment - datetime.now(UTC)

    def now(self) -> datetime:
        return self.at

    def new_id(self) -> str:
        raise NotImplementedError


class Notifications:
    """What fake-gcs-server has announced on the Pub/Sub emulator, by bucket."""

    def __init__(self, pubsub_host: str) -> None:
        self._url = f"http://{pubsub_host}/v1/projects/{official.PROJECT}"
        self._seen: dict[str, list[ObjectInfo]] = {}
        topic = f"projects/{official.PROJECT}/topics/{_TOPIC}"
        httpx.put(f"{self._url}/topics/{_TOPIC}").raise_for_status()
        subscription = httpx.put(
            f"{self._url}/subscriptions/{_SUBSCRIPTION}", json={"topic": topic}
        )
        subscription.raise_for_status()

    def until(self, bucket: str, last: ObjectInfo) -> list[ObjectInfo]:
        """All of the bucket, by generation, once that of `last` and no other is left to pull."""
        deadline = time.monotonic() + _WITHIN_S
        while self._pull() or last not in self._seen.get(bucket, []):
            assert time.monotonic() < deadline, f"{last.name} was not announced"
        return sorted(self._seen[bucket], key=lambda info: int(info.generation))

    def _pull(self) -> int:
        subscription = f"{self._url}/subscriptions/{_SUBSCRIPTION}"
        answer = httpx.post(
            f"{subscription}:pull", json={"maxMessages": 100, "returnImmediately": True}
        )
        received = answer.raise_for_status().json().get("receivedMessages", [])
        for each in received:
            message = each["message"]
            assert message["attributes"]["eventType"] == "OBJECT_FINALIZE"
            body = json.loads(base64.b64decode(message["data"]))
            info = ObjectInfo(
                body["name"], body["generation"], int(body["size"]), body["contentType"]
            )
            self._seen.setdefault(body["bucket"], []).append(info)
        if received:
            acknowledged = {"ackIds": [each["ackId"] for each in received]}
            httpx.post(f"{subscription}:acknowledge", json=acknowledged).raise_for_status()
        return len(received)


@dataclass
class CloudStorage:
    """A running fake-gcs-server; `notifications` only where a Pub/Sub emulator was given."""

    url: str
    notifications: Notifications | None
    buckets: int = field(default=0)

    def new_bucket(self) -> str:
        self.buckets += 1
        name = f"bucket-{self.buckets}"
        httpx.post(f"{self.url}/storage/v1/b", json={"name": name}).raise_for_status()
        return name


@contextmanager
def running(folder: Path, pubsub_host: str | None = None) -> Iterator[CloudStorage]:
    notifications = Notifications(pubsub_host) if pubsub_host else None
    announcing = {"project": official.PROJECT, "topic": _TOPIC, "pubsub_host": pubsub_host}
    with official.running(
        lambda: programs.cloud_storage(**(announcing if pubsub_host else {})), folder
    ) as command:
        yield CloudStorage(f"http://127.0.0.1:{command.port}", notifications)


@contextmanager
def served(cloud: CloudStorage, folder: Path) -> Iterator[Store]:
    """A new bucket behind a door of its own, whose key lies in `folder`."""
    bucket = cloud.new_bucket()
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    clock = MovedClock()
    settings = Settings(
        own_account=ACCOUNT,
        objects_url=f"{address}/storage",
        STORAGE_EMULATOR_HOST=cloud.url,
        signer_key=folder / "signer.pem",
    )
    server.app = create_app(settings, clock)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    client = build_client(official.PROJECT, emulator_host=cloud.url)
    signer = IamBlobs(ACCOUNT, build_session(emulated=True), address)
    objects = StorageObjects(client, bucket, signer, public_url=settings.objects_url)

    def announced() -> list[ObjectInfo]:
        last = objects.write("last", b"", "text/plain")
        notified = cloud.notifications.until(bucket, last)
        return [info for info in notified if info.name != "last"]

    yield Store(objects, clock, REFUSALS, announced)
    server.shutdown()
    thread.join()
    server.server_close()
