"""Dead letters of Pub/Sub in the forms the emulator does not bring about."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from google.pubsub_v1 import types as api

from shared.adapters.gcp.pubsub import PubSubEvents
from shared.domain.errors import NotFound, Unavailable
from tests.fakes.grpc_server import Fault
from tests.fakes.pubsub import FakePubSub

_TOPIC = "projects/p/topics/attempt-analyzed"
_KEEPER = "projects/p/subscriptions/feedback_writer-dead-letters"
_GENERATED = "eventarc-europe-west4-feedback-writer-123456-sub-789"
_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FakePubSub]:
    """A function's subscription has the name Eventarc gave it; its dead letters the function's."""
    with FakePubSub() as server:
        server.topics[_TOPIC] = []
        server.subscriptions = {
            f"projects/p/subscriptions/{_GENERATED}": _TOPIC,
            _KEEPER: "projects/p/topics/feedback_writer-dead-letters",
        }
        yield server


@pytest.fixture
def events(server: FakePubSub) -> PubSubEvents:
    return PubSubEvents("p", emulator_host=server.address)


def letter(number: int, *, source: str = _GENERATED) -> api.PubsubMessage:
    return api.PubsubMessage(
        message_id=str(number),
        data=b"{}",
        publish_time=_NOON + timedelta(minutes=number),
        attributes={
            "traceparent": "00-x",
            "CloudPubSubDeadLetterSourceDeliveryCount": "10",
            "CloudPubSubDeadLetterSourceSubscription": source,
            "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
            "CloudPubSubDeadLetterSourceTopicPublishTime": "2026-11-01T11:00:00.000Z",
        },
    )


def test_lists_them_oldest_first_and_gives_them_back(
    server: FakePubSub, events: PubSubEvents
) -> None:
    server.kept[_KEEPER] = [letter(3), letter(1), letter(2)]
    server.at_once = 2
    first, second = events.dead_letters(limit=2)
    assert (first.id, second.id) == ("feedback_writer/1", "feedback_writer/2")
    assert (first.subscription, first.topic) == ("feedback_writer", "attempt-analyzed")
    assert (first.attempts, first.last_error) == (10, "")
    assert len(server.kept[_KEEPER]) == 3
    assert server.calls("Acknowledge") == []


def test_one_whose_source_is_gone_is_listed_all_the_same(
    server: FakePubSub, events: PubSubEvents
) -> None:
    stray = api.PubsubMessage(message_id="9", data=b"{}", publish_time=_NOON)
    server.kept[_KEEPER] = [letter(1, source="gone"), stray]
    found = {found.id: found.topic for found in events.dead_letters()}
    assert found == {"feedback_writer/1": "", "feedback_writer/9": ""}
    with pytest.raises(Unavailable):
        events.replay("feedback_writer/1")
    assert len(server.kept[_KEEPER]) == 2


def test_replays_one_and_gives_the_others_back(server: FakePubSub, events: PubSubEvents) -> None:
    server.kept[_KEEPER] = [letter(1), letter(2), letter(3)]
    server.at_once = 1
    events.replay("feedback_writer/2")
    (message,) = server.topics[_TOPIC]
    assert message.data == b"{}"
    assert dict(message.attributes) == {"traceparent": "00-x"}
    assert sorted(kept.message_id for kept in server.kept[_KEEPER]) == ["1", "3"]
    assert server.pulled[_KEEPER] == {}


def test_one_replayed_is_not_given_back(server: FakePubSub, events: PubSubEvents) -> None:
    """That could undo its acknowledgement, which is a best effort."""
    server.kept[_KEEPER] = [letter(1), letter(2)]
    events.replay("feedback_writer/2")
    given_back = [
        name for call in server.calls("ModifyAckDeadline") for name in call.request.ack_ids
    ]
    assert given_back == ["ack-1"]


def test_a_topic_that_is_gone_has_no_name(server: FakePubSub, events: PubSubEvents) -> None:
    """https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1#subscription."""
    server.subscriptions[f"projects/p/subscriptions/{_GENERATED}"] = "_deleted-topic_"
    server.kept[_KEEPER] = [letter(1)]
    assert [found.topic for found in events.dead_letters()] == [""]
    with pytest.raises(Unavailable):
        events.replay("feedback_writer/1")
    assert len(server.kept[_KEEPER]) == 1
    assert server.calls("Publish") == []


def test_one_that_cannot_be_published_stays(server: FakePubSub, events: PubSubEvents) -> None:
    server.kept[_KEEPER] = [letter(1)]
    server.faults["Publish"] = [Fault(grpc.StatusCode.PERMISSION_DENIED)]
    with pytest.raises(Unavailable):
        events.replay("feedback_writer/1")
    assert len(server.kept[_KEEPER]) == 1
    assert server.calls("Acknowledge") == []


def test_one_published_but_not_forgotten_may_be_replayed_again(
    server: FakePubSub, events: PubSubEvents
) -> None:
    server.kept[_KEEPER] = [letter(1)]
    server.faults["Acknowledge"] = [Fault(grpc.StatusCode.PERMISSION_DENIED)]
    with pytest.raises(Unavailable):
        events.replay("feedback_writer/1")
    events.replay("feedback_writer/1")
    assert len(server.topics[_TOPIC]) == 2
    assert server.kept[_KEEPER] == []


def test_a_pull_that_waits_in_vain_is_the_end_of_the_list(
    server: FakePubSub, events: PubSubEvents
) -> None:
    server.faults["Pull"] = [Fault(grpc.StatusCode.DEADLINE_EXCEEDED)]
    assert events.dead_letters() == []
    server.faults["Pull"] = [Fault(grpc.StatusCode.DEADLINE_EXCEEDED)]
    with pytest.raises(NotFound):
        events.replay("feedback_writer/1")


def test_a_project_without_subscriptions_has_none(server: FakePubSub, events: PubSubEvents) -> None:
    server.subscriptions.clear()
    assert events.dead_letters() == []
