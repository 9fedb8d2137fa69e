"""The stores of both engines; buckets behind the door that checks their signed URLs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.ports.documents import Documents
from tests.fakes import cloud_storage, object_store
from tests.fakes.cloud_storage import CloudStorage
from tests.fakes.object_store import Store


@pytest.fixture(scope="session")
def storage_emulator(
    pubsub_host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CloudStorage]:
    with cloud_storage.running(tmp_path_factory.mktemp("storage"), pubsub_host) as cloud:
        yield cloud


@pytest.fixture(params=["folder", "cloud_storage"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        with object_store.served(tmp_path) as store:
            yield store
    else:
        cloud = request.getfixturevalue("storage_emulator")
        with cloud_storage.served(cloud, tmp_path) as store:
            yield store


@pytest.fixture(params=["postgres", "firestore"])
def documents(request: pytest.FixtureRequest) -> Documents:
    if request.param == "postgres":
        return PostgresDocuments(request.getfixturevalue("database"), SystemClock())
    return FirestoreDocuments(request.getfixturevalue("firestore_client"), SystemClock())
