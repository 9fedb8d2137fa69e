"""A finished upload reaches the function of its bucket, on the emulators as on Google Cloud."""

import threading
from pathlib import Path

import httpx
from pydantic import TypeAdapter

from local.deployables import FUNCTIONS
from local.emulators import programs, subscriptions
from local.emulators.eventarc.relay import Relay, RelayServer
from shared.adapters.gcp.pubsub import PubSubEvents
from shared.domain.events import ObjectFinalized
from tests.emulators import official
from tests.fakes.subscriber import Subscriber, wait_for

_PROJECT = "demo-notifications"


def test_each_bucket_has_its_own_function(pubsub_host: str, tmp_path: Path) -> None:
    """With one that fails first, and, once replayed, with a dead letter."""
    audio, packages = Subscriber([500] * 5), Subscriber()
    relay = Relay()
    server = RelayServer(relay)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    functions = [f for f in FUNCTIONS if f.name in ("audio_processing", "package_importer")]
    for function, subscriber in zip(functions, (audio, packages), strict=True):
        relay.add(subscriptions.target(function, subscriber.url))
    patience = subscriptions.Patience(max_attempts=5)
    subscriptions.prepare(_PROJECT, pubsub_host, server.url, functions, patience)
    topic = subscriptions.STORAGE_NOTIFICATIONS

    def storage() -> programs.Command:
        return programs.cloud_storage(project=_PROJECT, topic=topic, pubsub_host=pubsub_host)

    with official.running(storage, tmp_path) as command:
        url = f"http://127.0.0.1:{command.port}"
        for bucket in ("uploads", "materials", "exports"):
            httpx.post(f"{url}/storage/v1/b", json={"name": bucket}).raise_for_status()
        _upload(url, "uploads", "attempts/u/a", b"sound", "audio/webm")
        _upload(url, "materials", "packages/u/p.zip", b"zip", "application/zip")
        _upload(url, "exports", "e.zip", b"zip", "application/zip")
        wait_for(lambda: len(audio.received) >= 5 and packages.received != [])
    events = PubSubEvents(_PROJECT, emulator_host=pubsub_host)
    wait_for(lambda: events.dead_letters() != [])
    (letter,) = events.dead_letters()
    assert (letter.subscription, letter.topic) == ("audio_processing", topic)
    events.replay(letter.id)
    wait_for(lambda: len(audio.received) == 6)
    for headers, body in audio.received:
        assert headers["ce-type"] == "google.cloud.storage.object.v1.finalized"
        assert headers["ce-subject"] == "objects/attempts/u/a"
        finalized = TypeAdapter(ObjectFinalized).validate_python(body)
        assert (finalized.bucket, finalized.name, finalized.size) == ("uploads", "attempts/u/a", 5)
        assert finalized.contentType == "audio/webm"
        assert finalized.generation.isdigit()
    assert {body["name"] for _, body in packages.received} == {"packages/u/p.zip"}
    server.shutdown()
    server.server_close()
    audio.close()
    packages.close()


def _upload(url: str, bucket: str, name: str, data: bytes, content_type: str) -> None:
    httpx.post(
        f"{url}/upload/storage/v1/b/{bucket}/o",
        params={"uploadType": "media", "name": name},
        content=data,
        headers={"Content-Type": content_type},
    ).raise_for_status()
