"""Each implementation of the events port, together with what delivers from it."""

import threading
import uuid
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from local.deployables import Function
from local.emulators import subscriptions
from local.emulators.eventarc import process
from local.emulators.eventarc.relay import Relay, RelayServer
from local.event_pump import EventPump
from local.processes import Processes, free_port
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.events import PostgresEvents, Subscription
from shared.adapters.gcp.pubsub import PubSubEvents
from shared.adapters.postgresql.engine import connect
from shared.ports.events import Events
from tests.fakes.subscriber import Subscriber, wait_for

_MIN_BACKOFF_S = 0.05


class Broker(Protocol):
    """`tries`, `ack_deadline_s` and `last_error` are what its subscriptions can be made to have."""

    events: Events
    tries: int
    ack_deadline_s: float
    last_error: str

    def subscribe(
        self,
        name: str,
        topic: str,
        url: str,
        *,
        ack_deadline_s: float = 600,
        max_in_flight: int = 4,
        min_backoff_s: float = _MIN_BACKOFF_S,
    ) -> None:
        """Create the subscription or change it, and deliver."""

    def die_in_flight(self, name: str, topic: str, data: dict[str, object]) -> None:
        """Publish, and kill what delivers while it does."""

    def unreachable(self) -> Events: ...

    def stop(self) -> None: ...


class EmbeddedBroker:
    """The queue in PostgreSQL, and its pump."""

    tries = 3
    ack_deadline_s = 0.25
    last_error = "status 500"

    def __init__(self, database: sa.Engine) -> None:
        self.events = PostgresEvents(database, SystemClock())
        self._pump: EventPump | None = None

    def subscribe(
        self,
        name: str,
        topic: str,
        url: str,
        *,
        ack_deadline_s: float = 600,
        max_in_flight: int = 4,
        min_backoff_s: float = _MIN_BACKOFF_S,
    ) -> None:
        self.events.subscribe(
            Subscription(
                name,
                topic,
                url,
                ack_deadline_s=ack_deadline_s,
                max_attempts=self.tries,
                min_backoff_s=min_backoff_s,
                max_backoff_s=max(0.2, min_backoff_s),
                max_in_flight=max_in_flight,
            )
        )
        # A pump goes by the subscriptions it found when it started.
        self.stop()
        self._pump = EventPump(self.events)
        self._pump.start()

    def die_in_flight(self, name: str, topic: str, data: dict[str, object]) -> None:
        lost = Subscription(name, topic, "http://127.0.0.1:1/")
        self.events.subscribe(lost)
        self.events.publish(topic, data)
        assert self.events.claim(lost) is not None
        assert self.events.claim(lost) is None

    def unreachable(self) -> Events:
        return PostgresEvents(connect("postgresql+pg8000://u:p@127.0.0.1:1/d"), SystemClock())

    def stop(self) -> None:
        if self._pump is not None:
            self._pump.stop()


class PubSubBroker:
    """The Pub/Sub emulator, and the stand-in for Eventarc before the subscribers.

    Each has a project of its own in the emulator. Unlike Pub/Sub, which takes 10 s at least, the
    emulator takes an acknowledgement deadline of 1 s. Pub/Sub tries 5 times at least.
    """

    tries = 5
    ack_deadline_s = 1.0
    last_error = ""

    def __init__(self, host: str, folder: Path) -> None:
        self._host = host
        self._folder = folder
        self.project = f"demo-{uuid.uuid4().hex[:12]}"
        self.events = PubSubEvents(self.project, emulator_host=host)
        subscriptions.create_topics(self.project, host)
        self._relay = Relay()
        self._server = RelayServer(self._relay)
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def subscribe(
        self,
        name: str,
        topic: str,
        url: str,
        *,
        ack_deadline_s: float = 600,
        max_in_flight: int = 4,
        min_backoff_s: float = _MIN_BACKOFF_S,
    ) -> None:
        function = Function(name, "", topic, max_in_flight)
        self._relay.add(subscriptions.target(function, url))
        patience = subscriptions.Patience(int(ack_deadline_s), self.tries)
        subscriptions.prepare(self.project, self._host, self._server.url, [function], patience)

    def die_in_flight(self, name: str, topic: str, data: dict[str, object]) -> None:
        function, port = Function(name, "", topic), free_port()
        deaf = Subscriber([30.0])
        relay = process.command([subscriptions.target(function, deaf.url)], port)
        processes = Processes(self._folder / "logs", self._folder / "pids")
        processes.start(relay)
        subscriptions.prepare(self.project, self._host, f"http://127.0.0.1:{port}", [function])
        self.events.publish(topic, data)
        wait_for(lambda: deaf.received != [])
        processes.stop()
        deaf.close()

    def unreachable(self) -> Events:
        return PubSubEvents(self.project, emulator_host="127.0.0.1:1")

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
