"""The stand-in for Eventarc: what it posts, and what it answers Pub/Sub."""

import base64
import json
import threading
from collections.abc import Iterator

import httpx
import pytest
from pydantic import TypeAdapter

from local.deployables import FUNCTIONS
from local.emulators.eventarc.relay import Relay, RelayServer
from local.emulators.eventarc.targets import MalformedPushError, Target, event_for
from local.emulators.subscriptions import STORAGE_NOTIFICATIONS, TOPICS, source, target
from shared.domain.events import ObjectFinalized
from tests.fakes.subscriber import Subscriber, wait_for

_TIME = "2026-11-01T12:00:00.123Z"
_WRITER = Target("writer", "http://127.0.0.1:1/", "attempt-analyzed")
_AUDIO = Target("audio", "http://127.0.0.1:1/", STORAGE_NOTIFICATIONS, "uploads")


def push(data: bytes = b"{}", **attributes: str) -> dict:
    message = {
        "messageId": "17",
        "publishTime": _TIME,
        "data": base64.b64encode(data).decode(),
        "attributes": attributes,
    }
    return {"message": message, "subscription": "projects/p/subscriptions/writer"}


def notification(bucket: str = "uploads", name: str = "attempts/u/a", **attributes: str) -> dict:
    resource = {
        "kind": "storage#object",
        "bucket": bucket,
        "name": name,
        "generation": "1700000000000001",
        "size": "5",
        "contentType": "audio/webm",
        "metageneration": "1",
    }
    about = {"eventType": "OBJECT_FINALIZE", "bucketId": bucket, "objectId": name}
    return push(json.dumps(resource).encode(), **{**about, **attributes})


def test_a_published_message_is_passed_on_whole() -> None:
    sent = push(b'{"n": 1}', traceparent="00-x")
    event = event_for(_WRITER, sent)
    assert event is not None
    assert event.body == sent
    assert event.headers == {
        "ce-specversion": "1.0",
        "ce-id": "17",
        "ce-time": _TIME,
        "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
        "ce-source": "//pubsub.googleapis.com/projects/p/topics/attempt-analyzed",
    }


def test_a_notification_becomes_the_data_of_its_object() -> None:
    event = event_for(_AUDIO, notification())
    assert event is not None
    assert event.headers == {
        "ce-specversion": "1.0",
        "ce-id": "17",
        "ce-time": _TIME,
        "ce-type": "google.cloud.storage.object.v1.finalized",
        "ce-source": "//storage.googleapis.com/projects/_/buckets/uploads",
        "ce-subject": "objects/attempts/u/a",
        "ce-bucket": "uploads",
    }
    finalized = TypeAdapter(ObjectFinalized).validate_python(event.body)
    assert finalized == ObjectFinalized(
        "uploads", "attempts/u/a", "1700000000000001", 5, "audio/webm"
    )


def test_names_are_encoded_as_cloudevents_are_in_headers() -> None:
    event = event_for(_AUDIO, notification(name='ä b/"c"%\r\nx: y'))
    assert event is not None
    assert event.headers["ce-subject"] == "objects/%C3%A4%20b/%22c%22%25%0D%0Ax:%20y"


@pytest.mark.parametrize(
    "other", [notification(bucket="materials"), notification(eventType="OBJECT_DELETE")]
)
def test_other_buckets_and_other_changes_are_no_event(other: dict) -> None:
    assert event_for(_AUDIO, other) is None


@pytest.mark.parametrize(
    "malformed",
    [
        {},
        {"message": "text", "subscription": "projects/p/subscriptions/s"},
        {**push(), "subscription": "elsewhere"},
        {"message": {"data": ""}, "subscription": "projects/p/subscriptions/s"},
    ],
)
def test_what_is_no_push_is_malformed(malformed: dict) -> None:
    with pytest.raises(MalformedPushError):
        event_for(_WRITER, malformed)


def test_a_notification_without_its_object_is_malformed() -> None:
    broken = notification()
    broken["message"]["data"] = "e3s="
    with pytest.raises(MalformedPushError):
        event_for(_AUDIO, broken)


def test_every_function_has_a_topic_and_storage_functions_a_bucket() -> None:
    sources = {function.name: source(function) for function in FUNCTIONS}
    assert sources["audio_processing"] == (STORAGE_NOTIFICATIONS, "uploads")
    assert sources["package_importer"] == (STORAGE_NOTIFICATIONS, "materials")
    assert sources["feedback_writer"] == ("attempt-analyzed", None)
    assert {topic for topic, _ in sources.values()} <= set(TOPICS)
    assert target(FUNCTIONS[0], "http://x/").max_in_flight == FUNCTIONS[0].max_in_flight


@pytest.fixture
def server() -> Iterator[RelayServer]:
    server = RelayServer(Relay(queued_for_s=0.3))
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("status", [200, 204, 400, 429, 500])
def test_the_functions_status_is_what_pubsub_sees(server: RelayServer, status: int) -> None:
    function = Subscriber([status])
    server.relay.add(Target("writer", function.url, "attempt-analyzed"))
    assert httpx.post(f"{server.url}/writer", json=push()).status_code == status
    ((headers, body),) = function.received
    assert headers["content-type"] == "application/json"
    assert body == push()
    function.close()


def test_what_cannot_be_handed_on_is_brought_again(server: RelayServer) -> None:
    server.relay.add(_WRITER)
    assert httpx.post(f"{server.url}/writer", json=push()).status_code == 502
    assert httpx.post(f"{server.url}/nobody", json=push()).status_code == 404
    assert httpx.post(f"{server.url}/writer", content=b"{").status_code == 400
    assert httpx.post(f"{server.url}/writer", json=[]).status_code == 400


def test_another_buckets_object_is_acknowledged_and_not_handed_on(server: RelayServer) -> None:
    server.relay.add(_AUDIO)
    other = notification(bucket="materials")
    assert httpx.post(f"{server.url}/audio", json=other).status_code == 204


def test_a_busy_function_refuses_after_a_while(server: RelayServer) -> None:
    function = Subscriber([3.0])
    server.relay.add(Target("writer", function.url, "attempt-analyzed", max_in_flight=1))
    first: list[int] = []
    sender = threading.Thread(
        target=lambda: first.append(
            httpx.post(f"{server.url}/writer", json=push(), timeout=30).status_code
        )
    )
    sender.start()
    wait_for(lambda: function.received != [])
    assert httpx.post(f"{server.url}/writer", json=push()).status_code == 429
    sender.join()
    assert first == [200]
    assert httpx.post(f"{server.url}/writer", json=push()).status_code == 200
    assert function.most_in_flight == 1
    function.close()
