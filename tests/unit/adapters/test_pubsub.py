"""Publishing over Pub/Sub: what is sent, what is tried again, and what becomes of errors."""

import subprocess
import sys
import time
from collections.abc import Iterator

import grpc
import pytest

from shared.adapters.gcp.pubsub import PubSubEvents
from shared.domain.errors import AppError, Invalid, Unavailable
from tests.fakes.grpc_server import Fault
from tests.fakes.pubsub import FakePubSub

_TOPIC = "projects/p/topics/attempt-analyzed"


@pytest.fixture
def server() -> Iterator[FakePubSub]:
    with FakePubSub() as server:
        server.topics[_TOPIC] = []
        yield server


@pytest.fixture
def events(server: FakePubSub) -> PubSubEvents:
    return PubSubEvents("p", emulator_host=server.address)


def test_sends_json_with_attributes_and_without_an_ordering_key(
    server: FakePubSub, events: PubSubEvents
) -> None:
    assert events.publish("attempt-analyzed", {"n": "ä"}, {"traceparent": "00-x"}) == "1"
    (message,) = server.topics[_TOPIC]
    assert message.data == rb'{"n": "\u00e4"}'
    assert dict(message.attributes) == {"traceparent": "00-x"}
    assert message.ordering_key == ""
    (call,) = server.calls("Publish")
    assert 0 < call.time_left_s < 3


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ],
)
def test_errors_that_pass_are_tried_again(
    server: FakePubSub, events: PubSubEvents, status: grpc.StatusCode
) -> None:
    server.faults["Publish"] = [Fault(status), Fault(status)]
    assert events.publish("attempt-analyzed", {}) == "1"
    assert len(server.calls("Publish")) == 3
    assert len(server.topics[_TOPIC]) == 1


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, Invalid, "event_invalid"),
        (grpc.StatusCode.PERMISSION_DENIED, Unavailable, "events_unavailable"),
        (grpc.StatusCode.UNAUTHENTICATED, Unavailable, "events_unavailable"),
        (grpc.StatusCode.FAILED_PRECONDITION, Unavailable, "events_unavailable"),
    ],
)
def test_errors_that_stay_are_told_at_once(
    server: FakePubSub,
    events: PubSubEvents,
    status: grpc.StatusCode,
    kind: type[AppError],
    code: str,
) -> None:
    server.faults["Publish"] = [Fault(status)]
    with pytest.raises(kind) as caught:
        events.publish("attempt-analyzed", {})
    assert caught.value.code == code
    assert len(server.calls("Publish")) == 1


def test_an_absent_topic_is_not_taken_for_published(events: PubSubEvents) -> None:
    with pytest.raises(Unavailable):
        events.publish("nothing", {})


def test_a_server_that_hangs_is_given_up_in_seconds(
    server: FakePubSub, events: PubSubEvents, caplog: pytest.LogCaptureFixture
) -> None:
    """The library alone would wait for minutes; the bound here is generous."""
    server.faults["Publish"] = [Fault(hangs=True)] * 10
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        events.publish("attempt-analyzed", {"secret": "words"})
    assert time.monotonic() - started < 30
    assert caught.value.retryable
    assert len(server.calls("Publish")) > 1
    assert "words" not in caplog.text
    assert "gs://secret" not in caplog.text


def test_a_published_event_does_not_wait_for_the_process_to_end(server: FakePubSub) -> None:
    """Killed right after the answer, nothing is lost: no thread batches what is to be sent."""
    script = (
        "import os; from shared.adapters.gcp.pubsub import PubSubEvents;"
        f"events = PubSubEvents('p', emulator_host='{server.address}');"
        "events.publish('attempt-analyzed', {'n': 1}); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert [message.data for message in server.topics[_TOPIC]] == [b'{"n": 1}']


def test_the_sdk_is_loaded_by_the_first_call() -> None:
    script = (
        "import sys; from shared.adapters.gcp.pubsub import PubSubEvents; PubSubEvents('p');"
        "sys.exit(bool({'grpc', 'google.api_core', 'google.pubsub_v1'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
