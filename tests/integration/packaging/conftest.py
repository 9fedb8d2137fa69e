"""What is deployed, built without Docker and Google, and started with nothing beside it."""

import base64
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from werkzeug import Request, Response

from bench.cold_start.metadata_server import MetadataServer
from local.deployables import ROOT
from local.emulators import programs, subscriptions
from local.emulators.engine import BUCKETS
from shared import wiring, wiring_stores
from shared.domain.attempt import Attempt, Prompt, UploadTerms
from shared.domain.documents import to_document
from shared.domain.errors import Unavailable
from shared.domain.feedback import Feedback
from shared.domain.times import timestamp
from shared.ports.objects import WritableObjects
from shared.runtime.store_settings import ObjectsSettings
from tests.emulators import official
from tests.fakes.data_owners import SERVICES, DataOwners
from tests.fakes.iam import FakeIam
from tests.fakes.image import Dockerfile, Image
from tests.fakes.installed import Environments
from tests.fakes.subscriber import wait_for

ACCOUNT = f"functions@{official.PROJECT}.iam.gserviceaccount.com"
FEEDBACK = Feedback("feedback", 1, "a-model", "Clear and steady.", (), ())


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    return Environments(tmp_path_factory.mktemp("environments"))


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return Image(Dockerfile(ROOT / "Dockerfile"), ROOT, tmp_path_factory.mktemp("image"))


class Services(DataOwners):
    """The services as the functions call them; the AI gateway also writes feedback."""

    def _response(self, request: Request) -> Response:
        if request.path == "/ai_gateway/internal/v1/tasks/feedback":
            body = json.dumps({"feedback": to_document(FEEDBACK)})
            return Response(body, content_type="application/json")
        return super()._response(request)


@dataclass
class Google:
    """The Google engine on the emulators: a function's settings, and a look at what it does."""

    environment: Mapping[str, str]
    services: Services
    user_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        emulators = {name: v for name, v in self.environment.items() if name.endswith("_HOST")}
        self.settings = ObjectsSettings(
            engine="google", project=official.PROJECT, own_account=ACCOUNT, **emulators
        )
        self.attempts = wiring.attempts(self.settings)
        self.clock = wiring.clock()
        self._pubsub = f"http://{emulators['PUBSUB_EMULATOR_HOST']}/v1/projects/{official.PROJECT}"

    def is_writable(self) -> bool:
        try:
            wiring.documents(self.settings).transact(lambda t: t.set("warmed", "up", {}))
        except Unavailable:
            return False
        return True

    def attempt(self, status: str, age: timedelta = timedelta(0), **changes: Any) -> Attempt:
        now = self.clock.now()
        values: dict[str, Any] = {
            "id": self.clock.new_id(),
            "user_id": self.user_id,
            "status": status,
            "kind": "free_speech",
            "prompt": Prompt("en"),
            "created_at": timestamp(now - age),
            "updated_at": timestamp(now - age),
            "upload": UploadTerms("audio/wav", 10**7, timestamp(now + timedelta(minutes=15))),
        }
        attempt = Attempt(**{**values, **changes})
        self.attempts.create(attempt)
        return attempt

    def now(self, attempt: Attempt) -> Attempt:
        return self.attempts.get(attempt.id).attempt

    def bucket(self, name: str) -> WritableObjects:
        return wiring_stores.objects(self.settings, name)

    def calls(self) -> list[tuple[str, str, Any]]:
        """What the services were asked since this was asked last: method, path, body."""
        calls = list(self.services.calls)
        self.services.calls.clear()
        return calls

    def watch(self, topic: str) -> str:
        """A new subscription, which `published` reads."""
        name = f"{self._pubsub}/subscriptions/watch-{uuid.uuid4().hex}"
        body = {"topic": f"projects/{official.PROJECT}/topics/{topic}"}
        httpx.put(name, json=body).raise_for_status()
        return name

    def published(self, subscription: str) -> list[dict[str, Any]]:
        body = {"maxMessages": 100, "returnImmediately": True}
        answer = httpx.post(f"{subscription}:pull", json=body).raise_for_status().json()
        received = (each["message"]["data"] for each in answer.get("receivedMessages", []))
        return [json.loads(base64.b64decode(data)) for data in received]


@pytest.fixture(scope="session")
def storage_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """fake-gcs-server with the buckets."""
    with official.running(programs.cloud_storage, tmp_path_factory.mktemp("storage")) as command:
        url = f"http://127.0.0.1:{command.port}"
        for bucket in BUCKETS:
            httpx.post(f"{url}/storage/v1/b", json={"name": bucket}).raise_for_status()
        yield url


@pytest.fixture
def google(
    firestore_host: str, pubsub_host: str, storage_url: str, tmp_path: Path
) -> Iterator[Google]:
    subscriptions.create_topics(official.PROJECT, pubsub_host)
    iam = FakeIam()
    metadata = MetadataServer(official.PROJECT, iam.token, "")
    with iam, metadata, Services() as services:
        environment = {
            **metadata.environment(),
            "FIRESTORE_EMULATOR_HOST": firestore_host,
            "PUBSUB_EMULATOR_HOST": pubsub_host,
            "STORAGE_EMULATOR_HOST": storage_url,
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
            "ROSTRUM_ENGINE": "google",
            "ROSTRUM_PROJECT": official.PROJECT,
            "ROSTRUM_SIGNER": "google",
            "ROSTRUM_OWN_ACCOUNT": ACCOUNT,
            "ROSTRUM_TOKEN_ACCOUNT": ACCOUNT,
            "ROSTRUM_IAM_URL": iam.url,
            "ROSTRUM_MODELS_DIR": str(tmp_path / "models"),
            **{f"ROSTRUM_{name.upper()}_URL": services.url(name) for name in SERVICES},
        }
        google = Google(environment, services)
        # The emulator's first write can take it longer than a learner would wait.
        wait_for(google.is_writable)
        yield google
