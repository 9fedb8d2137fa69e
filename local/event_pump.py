"""The event pump: posts what the queue holds to the functions, as Pub/Sub push and Eventarc do.

It runs as a process of its own and each function as another, so that what a recording does to
one of them (a crash in a decoder, a kill for memory) is met as in the cloud: by redelivery.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import httpx
from pydantic import Field

from local import lifecycle
from shared import wiring
from shared.adapters.embedded.documents import PostgresDocuments
from shared.adapters.embedded.events import Delivery, PostgresEvents, Subscription
from shared.adapters.embedded.objects import FolderObjects
from shared.domain.errors import AppError
from shared.domain.events import SWEEP_DUE
from shared.runtime import logs
from shared.runtime.store_settings import ExportsSettings, FeaturesSettings, MaterialsSettings

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.05
_AFTER_ERROR_S = 1.0
_OK = range(200, 300)


class Settings(FeaturesSettings, MaterialsSettings, ExportsSettings):
    """Settings of the event pump."""

    sweep_every_s: float = Field(60.0, description="How often stale attempts are looked for.")
    head_start_s: float = Field(
        300.0, description="How long after a start only the queue is worked off."
    )


class EventPump:
    """One thread for each delivery a subscription may have in flight, and one that wakes them."""

    def __init__(self, events: PostgresEvents) -> None:
        self._events = events
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._bells: dict[str, threading.Event] = {}

    def start(self) -> None:
        """Deliver until `stop`. What an earlier pump had in flight is delivered again at once."""
        for subscription in self._events.subscriptions():
            self._events.release_claims(subscription)
            self._bells[subscription.name] = threading.Event()
            for _ in range(subscription.max_in_flight):
                self._run(partial(self._deliver, subscription))
        self._run(self._wake)

    def stop(self, timeout_s: float = 5.0) -> None:
        self._stopping.set()
        for bell in self._bells.values():
            bell.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _run(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception:
                # A pump that lacks a thread would starve a subscription unseen.
                _log.exception("event pump failed; it ends and is started again")
                signal.raise_signal(signal.SIGTERM)
                raise

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _wake(self) -> None:
        # One look for all: idle subscriptions cost nothing.
        while not self._stopping.wait(_LOOK_EVERY_S):
            try:
                for name in self._events.due() & self._bells.keys():
                    self._bells[name].set()
            except AppError as error:
                _log.warning("event queue: %s", error.code)
                self._stopping.wait(_AFTER_ERROR_S)

    def _deliver(self, subscription: Subscription) -> None:
        bell = self._bells[subscription.name]
        with httpx.Client(timeout=subscription.ack_deadline_s) as client:
            while not self._stopping.is_set():
                if not bell.wait(_AFTER_ERROR_S):
                    continue
                try:
                    delivery = self._events.claim(subscription)
                    if delivery is None:
                        bell.clear()
                    else:
                        self._settle(delivery, _post(client, delivery))
                except AppError as error:
                    _log.warning("event queue: %s", error.code)
                    self._stopping.wait(_AFTER_ERROR_S)

    def _settle(self, delivery: Delivery, error: str | None) -> None:
        if error is None:
            self._events.acknowledge(delivery)
            return
        fields = {"event_id": delivery.event_id, "subscription": delivery.subscription.name}
        _log.warning("try %d failed: %s", delivery.attempt, error, extra=fields)
        self._events.refuse(delivery, error)


def _post(client: httpx.Client, delivery: Delivery) -> str | None:
    """None when the subscriber took it, else why not."""
    try:
        response = client.post(
            delivery.subscription.endpoint, json=delivery.body, headers=dict(delivery.headers)
        )
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if response.status_code in _OK else f"status {response.status_code}"


class _Scheduler:
    """What Cloud Scheduler, TTL policies and bucket lifecycles do in the Google engine."""

    def __init__(
        self,
        events: PostgresEvents,
        documents: PostgresDocuments,
        buckets: Mapping[FolderObjects, Sequence[lifecycle.Rule]],
    ) -> None:
        self._events = events
        self._documents = documents
        self._buckets = buckets

    def recover(self) -> None:
        try:
            for objects in self._buckets:
                objects.recover()
        except AppError as error:
            _log.warning("announcements: %s", error.code)

    def sweep(self) -> None:
        try:
            self._events.publish(SWEEP_DUE, {})
            self._documents.purge_expired()
            for objects, rules in self._buckets.items():
                for rule in rules:
                    objects.purge(rule.age, rule.prefix)
        except AppError as error:
            _log.warning("housekeeping: %s", error.code)


def main() -> None:
    settings = Settings()
    logs.configure("event_pump", level=settings.log_level, project=settings.project)
    events = wiring.embedded_events(settings)
    rules = lifecycle.rules()
    names = {
        settings.uploads_bucket: "uploads",
        settings.exports_bucket: "exports",
        settings.features_bucket: "features",
        settings.materials_bucket: "materials",
    }
    buckets = {
        wiring.embedded_objects(settings, name): rules[known_as] for name, known_as in names.items()
    }
    scheduler = _Scheduler(events, wiring.embedded_documents(settings), buckets)
    pump = EventPump(events)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    pump.start()
    started = time.monotonic()
    scheduler.recover()
    while not stopping.wait(settings.sweep_every_s):
        scheduler.recover()
        # After an outage the queue goes first, or what waited in it would count as stale.
        if time.monotonic() - started > settings.head_start_s:
            scheduler.sweep()
    pump.stop()


if __name__ == "__main__":
    main()
