"""delivery.run decides what is acknowledged: returning does, raising does not."""

import base64
import json
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from cloudevents.http import CloudEvent

from shared.domain.attempt import StaleTransition
from shared.domain.errors import AppError, AttemptFailed, NotFound, Unavailable
from shared.domain.events import AttemptChanged, ObjectFinalized
from shared.runtime import delivery, event_origin, telemetry, tracing

PUBSUB = "google.cloud.pubsub.topic.v1.messagePublished"
STORAGE = "google.cloud.storage.object.v1.finalized"
TRACE = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"


def pubsub_event(data: object, attributes: dict[str, str] | None = None) -> CloudEvent:
    message = {"data": base64.b64encode(json.dumps(data).encode()).decode()}
    if attributes:
        message["attributes"] = attributes
    return CloudEvent({"type": PUBSUB, "source": "//x", "id": "1"}, {"message": message})


EVENT = pubsub_event({"attempt_id": "a", "user_id": "u"}, {"traceparent": TRACE})


@dataclass
class Handler:
    error: Exception | None = None
    handled: list[object] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    trace_ids: list[str] = field(default_factory=list)

    def handle(self, event: object) -> None:
        self.handled.append(event)
        self.trace_ids.append(tracing.trace_id())
        if self.error:
            raise self.error

    def record(self, event: object, error: AttemptFailed) -> None:
        self.failures.append(error.code)


def test_a_message_is_decoded_and_its_trace_continued() -> None:
    handler = Handler()
    delivery.run(EVENT, AttemptChanged, handler.handle, handler.record)
    assert handler.handled == [AttemptChanged("a", "u")]
    assert handler.trace_ids == ["ab" * 16]


def test_a_storage_event_is_decoded() -> None:
    handler = Handler()
    data = {
        "bucket": "uploads",
        "name": "attempts/u/a",
        "generation": "17",
        "size": "81234",
        "contentType": "audio/webm",
        "kind": "storage#object",
    }
    event = CloudEvent({"type": STORAGE, "source": "//x", "id": "1"}, data)
    delivery.run(event, ObjectFinalized, handler.handle)
    assert handler.handled == [
        ObjectFinalized("uploads", "attempts/u/a", "17", 81234, "audio/webm")
    ]


def test_already_done_is_acknowledged() -> None:
    handler = Handler(StaleTransition("done"))
    delivery.run(EVENT, AttemptChanged, handler.handle, handler.record)
    assert handler.failures == []


def test_a_failed_attempt_is_recorded_and_acknowledged() -> None:
    handler = Handler(AttemptFailed("no_speech"))
    delivery.run(EVENT, AttemptChanged, handler.handle, handler.record)
    assert handler.failures == ["no_speech"]


@pytest.mark.parametrize(
    "error", [Unavailable("later"), NotFound("what?"), AppError("bug"), ZeroDivisionError()]
)
def test_everything_else_is_delivered_again(error: Exception) -> None:
    handler = Handler(error)
    with pytest.raises(type(error)):
        delivery.run(EVENT, AttemptChanged, handler.handle, handler.record)
    assert handler.failures == []


@pytest.mark.parametrize(
    "event",
    [
        pubsub_event({"attempt_id": "a"}),
        pubsub_event("text"),
        CloudEvent({"type": PUBSUB, "source": "//x", "id": "1"}, {}),
        CloudEvent({"type": STORAGE, "source": "//x", "id": "1"}, None),
    ],
)
def test_an_unreadable_event_is_never_acknowledged(event: CloudEvent) -> None:
    handler = Handler()
    with pytest.raises((KeyError, ValueError)):
        delivery.run(event, AttemptChanged, handler.handle, handler.record)
    assert handler.handled == []


STORED = "00-" + "12" * 16 + "-" + "34" * 8 + "-01"
WITHOUT_TRACE = pubsub_event({"attempt_id": "a", "user_id": "u"})


def test_an_event_without_a_trace_continues_the_stored_one() -> None:
    handler = Handler()
    for event in (WITHOUT_TRACE, EVENT):
        delivery.run(event, AttemptChanged, handler.handle, trace_of=lambda _: STORED)
    assert handler.trace_ids == ["12" * 16, "ab" * 16]


def test_a_trace_that_cannot_be_looked_up_stops_nothing() -> None:
    def away(_: AttemptChanged) -> str:
        raise Unavailable("away")

    handler = Handler()
    delivery.run(WITHOUT_TRACE, AttemptChanged, handler.handle, trace_of=away)
    assert handler.handled == [AttemptChanged("a", "u")]


@pytest.mark.parametrize("error", [None, Unavailable("later")])
def test_what_was_recorded_is_sent_before_the_event_is_answered(error: Exception | None) -> None:
    sent: list[str] = []
    telemetry.use(None, None, flush=lambda: sent.append("all"))
    try:
        with suppress(Unavailable):
            delivery.run(EVENT, AttemptChanged, Handler(error).handle)
    finally:
        telemetry.use(None, None)
    assert sent == ["all"]


def test_events_published_meanwhile_tell_when_it_all_began() -> None:
    published: list[dict[str, str]] = []
    first = pubsub_event({"attempt_id": "a", "user_id": "u"})
    first["time"] = "2026-11-21T10:00:00Z"
    delivery.run(first, AttemptChanged, lambda _: published.append(event_origin.attributes()))
    later = pubsub_event({"attempt_id": "a", "user_id": "u"}, published[0])
    later["time"] = "2026-11-21T10:00:07Z"
    delivery.run(later, AttemptChanged, lambda _: published.append(event_origin.attributes()))
    assert published == [{"origin_time": "2026-11-21T10:00:00+00:00"}] * 2
    assert event_origin.attributes() == {}
