"""The event functions under functions-framework, over the embedded adapters."""

import base64
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import functions_framework
import pytest
import sqlalchemy as sa

from shared import wiring
from shared.adapters.embedded.events import Subscription
from shared.adapters.embedded.identity import create_keys
from shared.domain.attempt import Attempt, Prompt, UploadTerms, object_name
from shared.domain.times import timestamp
from shared.ports.objects import ObjectInfo
from shared.runtime.store_settings import FeaturesSettings

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures" / "audio"
TOPICS = ("attempt-analyzed", "attempt-completed", "attempt-failed")


@dataclass
class Bench:
    """Attempts to act on, events to send, and what was published."""

    settings: FeaturesSettings
    clients: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.attempts = wiring.attempts(self.settings)
        self.objects = wiring.embedded_objects(self.settings, "uploads")
        self.features = wiring.features(self.settings)
        self.events = wiring.embedded_events(self.settings)
        self.clock = wiring.clock()
        self.subscriptions = [Subscription(topic, topic, "http://unused") for topic in TOPICS]
        for subscription in self.subscriptions:
            self.events.subscribe(subscription)

    def attempt(self, text: str | None = None, **changes: Any) -> Attempt:
        now = self.clock.now()
        values: dict[str, Any] = {
            "id": self.clock.new_id(),
            "user_id": "eve",
            "status": "awaiting_upload",
            "kind": "read_aloud" if text else "free_speech",
            "prompt": Prompt("en", text=text),
            "created_at": timestamp(now),
            "updated_at": timestamp(now),
            "upload": UploadTerms("audio/wav", 10**7, timestamp(now + timedelta(minutes=15))),
        }
        attempt = Attempt(**{**values, **changes})
        self.attempts.create(attempt)
        return attempt

    def upload(self, attempt: Attempt, data: bytes) -> ObjectInfo:
        expires_at = self.clock.now() + timedelta(minutes=1)
        signed = self.objects.signed_upload(
            object_name("eve", attempt.id),
            content_type="audio/wav",
            max_bytes=10**7,
            expires_at=expires_at,
        )
        query = dict(parse_qsl(urlsplit(signed.url).query))
        headers = {key.lower(): value for key, value in signed.headers.items()}
        name = object_name("eve", attempt.id)
        return self.objects.receive(name, query, headers, io.BytesIO(data))

    def now(self, attempt: Attempt) -> Attempt:
        return self.attempts.get(attempt.id).attempt

    def published(self, topic: str) -> list[dict[str, Any]]:
        subscription = next(s for s in self.subscriptions if s.topic == topic)
        found = []
        while (delivery := self.events.claim(subscription)) is not None:
            found.append(json.loads(base64.b64decode(delivery.body["message"]["data"])))
            self.events.acknowledge(delivery)
        return found

    def send_object(self, info: ObjectInfo) -> int:
        data = {
            "bucket": "uploads",
            "name": info.name,
            "generation": info.generation,
            "size": str(info.size),
            "contentType": info.content_type,
        }
        return self._send("audio_processing", "google.cloud.storage.object.v1.finalized", data)

    def send_message(self, function: str, data: dict[str, Any]) -> int:
        message = {"data": base64.b64encode(json.dumps(data).encode()).decode()}
        kind = "google.cloud.pubsub.topic.v1.messagePublished"
        return self._send(function, kind, {"message": message})

    def _send(self, function: str, kind: str, data: dict[str, Any]) -> int:
        headers = {
            "ce-specversion": "1.0",
            "ce-id": "1",
            "ce-source": "//test",
            "ce-type": kind,
        }
        return self.clients[function].post("/", json=data, headers=headers).status_code


@pytest.fixture
def bench(
    database: sa.Engine, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    create_keys(tmp_path / "tokens")
    settings = FeaturesSettings(
        database_url=postgres_url,
        objects_dir=tmp_path / "objects",
        objects_url="http://127.0.0.1/storage",
        objects_secret="s" * 64,
    )
    for name, value in {
        "DATABASE_URL": postgres_url,
        "OBJECTS_DIR": settings.objects_dir,
        "OBJECTS_URL": settings.objects_url,
        "OBJECTS_SECRET": "s" * 64,
        "TOKEN_KEYS": tmp_path / "tokens",
        "MODELS_DIR": Path(os.environ.get("DATA", ROOT / ".rostrum")) / "models",
    }.items():
        monkeypatch.setenv(f"ROSTRUM_{name}", str(value))
    return Bench(settings)


@pytest.fixture
def start(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Load a function as Cloud Functions does; the bench then sends to it."""

    def start(function: str, target: str) -> None:
        source = ROOT / "functions" / function / "main.py"
        # Each function is a process of its own elsewhere; here their modules share a name.
        for name in [n for n in sys.modules if n == "main" or n.startswith("main.")]:
            monkeypatch.delitem(sys.modules, name)
        app = functions_framework.create_app(target, str(source), "cloudevent")
        app.config["PROPAGATE_EXCEPTIONS"] = False
        bench.clients[function] = app.test_client()

    return start
