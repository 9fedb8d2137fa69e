"""Attempts and features on either engine's adapters."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.domain.analysis import Analysis
from shared.domain.attempt import Attempt, Prompt
from shared.domain.feedback import Feedback, PointEvidence, Strength
from shared.domain.times import timestamp
from shared.domain.transcription import HeardWord, Transcriber, Transcription
from shared.ports.documents import Documents
from shared.repositories.attempts import Attempts
from shared.repositories.features import FeatureStore
from shared.speech.features import Features, Melody
from shared.speech.quality import Quality
from shared.speech.stored_features import CONTENT_TYPE, pack
from tests.fakes import analyses, cloud_storage, object_store
from tests.fakes.cloud_storage import CloudStorage
from tests.fakes.object_store import Store

FEATURES = Features(
    codec="opus",
    duration_s=4.0,
    damaged=False,
    segments=((0.1, 3.9),),
    chunks=((0.0, 4.0),),
    quality=Quality(-20.0, 30.0, 0.0),
    melody=Melody(5.5, 2.5, 1.25),
    transcription=Transcription((HeardWord("so", 0.1, 0.4),), Transcriber("w", "1")),
)
FEEDBACK = Feedback(
    "feedback", 1, "rubric", "Well done.", (Strength("So.", (PointEvidence((0,)),)),), ()
)


@dataclass
class Shelf:
    """Finished attempts of Eve's, with their features."""

    attempts: Attempts
    features: FeatureStore

    def attempt(self, features: bytes | None = pack(FEATURES), **changes: Any) -> Attempt:
        clock = SystemClock()
        now = timestamp(clock.now())
        values: dict[str, Any] = {
            "id": clock.new_id(),
            "user_id": "eve",
            "status": "completed",
            "kind": "free_speech",
            "prompt": Prompt("en"),
            "created_at": now,
            "updated_at": now,
            "analysis": analyses.speech(),
            "feedback": FEEDBACK,
        }
        attempt = Attempt(**{**values, **changes})
        self.attempts.create(attempt)
        if features is not None:
            self.features.save("eve", attempt.id, features, CONTENT_TYPE)
        return attempt

    def now(self, attempt: Attempt) -> Attempt:
        return self.attempts.get(attempt.id).attempt

    def analysis(self, attempt: Attempt) -> Analysis:
        analysis = self.now(attempt).analysis
        assert analysis is not None
        return analysis


@pytest.fixture(scope="session")
def storage_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudStorage]:
    with cloud_storage.running(tmp_path_factory.mktemp("storage")) as cloud:
        yield cloud


def _shelf(documents: Documents, store: Store) -> Shelf:
    return Shelf(Attempts(documents), FeatureStore(store.objects))


@pytest.fixture(params=["embedded", "google"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "embedded":
        documents = PostgresDocuments(request.getfixturevalue("database"), SystemClock())
        with object_store.served(tmp_path) as store:
            yield _shelf(documents, store)
    else:
        client = request.getfixturevalue("firestore_client")
        cloud = request.getfixturevalue("storage_emulator")
        with cloud_storage.served(cloud, tmp_path) as store:
            yield _shelf(FirestoreDocuments(client, SystemClock()), store)
