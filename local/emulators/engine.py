"""The Google adapters on the emulators: Firestore, Pub/Sub with Eventarc, Cloud Storage."""

from collections.abc import Mapping, Sequence

import httpx

from local import deployables
from local.emulators import programs, subscriptions
from local.emulators.eventarc import process as eventarc
from local.emulators.eventarc.targets import Target
from local.engine import Place, objects_passthrough
from local.gateway.routing import Passthrough
from local.processes import Command, Processes, StartError, free_port

PROJECT = "demo-rostrum"
ACCOUNT = f"rostrum@{PROJECT}.iam.gserviceaccount.com"
BUCKETS = ("uploads", "materials", "exports", "features", "ledger")
_RULES = deployables.ROOT / "infra" / "firestore" / "firestore.rules"
_INDEXES = deployables.ROOT / "infra" / "firestore" / "firestore.indexes.json"


class EmulatorEngine:
    """Raises `StartError` where an emulator is not installed."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._addresses: dict[str, str] = {}
        self._targets: list[Target] = []
        self._eventarc_port = free_port()
        self._door_port = free_port()

    def start(self, processes: Processes) -> Mapping[str, str]:
        try:
            firestore, pubsub = programs.firestore(_RULES), programs.pubsub()
            processes.start(firestore, pubsub)
            pubsub_host = f"127.0.0.1:{pubsub.port}"
            storage = programs.cloud_storage(
                project=PROJECT, topic=subscriptions.STORAGE_NOTIFICATIONS, pubsub_host=pubsub_host
            )
        except programs.AbsentError as error:
            raise StartError(f"The emulators are not all installed: {error}") from error
        storage_url = f"http://127.0.0.1:{storage.port}"
        self._addresses = {
            "engine": "emulators",
            "project": PROJECT,
            "firestore_host": f"127.0.0.1:{firestore.port}",
            "pubsub_host": pubsub_host,
            "storage_host": storage_url,
        }
        subscriptions.create_topics(PROJECT, pubsub_host)
        processes.start(storage)
        for bucket in BUCKETS:
            created = httpx.post(f"{storage_url}/storage/v1/b", json={"name": bucket}, timeout=10)
            created.raise_for_status()
        return {
            "ROSTRUM_ENGINE": "google",
            "ROSTRUM_PROJECT": PROJECT,
            "ROSTRUM_OWN_ACCOUNT": ACCOUNT,
            "ROSTRUM_IAM_URL": f"http://127.0.0.1:{self._door_port}",
            "ROSTRUM_OBJECTS_URL": f"{self._place.url}/storage",
            "ROSTRUM_FIRESTORE_INDEXES": str(_INDEXES),
            "FIRESTORE_EMULATOR_HOST": self._addresses["firestore_host"],
            "PUBSUB_EMULATOR_HOST": pubsub_host,
            "STORAGE_EMULATOR_HOST": storage_url,
        }

    def door(self, environment: Mapping[str, str]) -> tuple[Passthrough, Command]:
        key = {"ROSTRUM_SIGNER_KEY": str(self._place.data / "secrets" / "url_signer.pem")}
        command = deployables.service(
            "storage_door", "local.emulators.storage_door", {**environment, **key}, self._door_port
        )
        return objects_passthrough(command.name), command

    def subscribe(self, functions: Mapping[deployables.Function, Command]) -> None:
        subscriptions.prepare(
            PROJECT,
            self._addresses["pubsub_host"],
            f"http://127.0.0.1:{self._eventarc_port}",
            functions,
        )
        self._targets = [
            subscriptions.target(spec, f"http://127.0.0.1:{command.port}/")
            for spec, command in functions.items()
        ]

    def deliverers(self, environment: Mapping[str, str]) -> Sequence[Command]:
        return [
            eventarc.command(self._targets, self._eventarc_port),
            deployables.module("scheduler", "local.emulators.scheduler", environment),
        ]

    def addresses(self) -> Mapping[str, str]:
        return self._addresses
