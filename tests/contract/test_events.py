"""What every events adapter owes publishers and subscribers, shown on real HTTP deliveries.

The embedded queue with its pump, and Pub/Sub's emulator with the stand-in for Eventarc.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.errors import NotFound, Unavailable
from shared.domain.events import ATTEMPT_ANALYZED, ATTEMPT_COMPLETED
from tests.fakes.brokers import Broker, EmbeddedBroker, PubSubBroker
from tests.fakes.subscriber import Subscriber, wait_for


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    subscriber = Subscriber()
    yield subscriber
    subscriber.close()


@pytest.fixture(params=["postgres", "pubsub"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    broker: Broker
    if request.param == "postgres":
        broker = EmbeddedBroker(request.getfixturevalue("database"))
    else:
        broker = PubSubBroker(request.getfixturevalue("pubsub_host"), tmp_path)
    yield broker
    broker.stop()


def test_delivers_a_cloud_event(broker: Broker, subscriber: Subscriber) -> None:
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url)
    attributes = {"traceparent": "00-x"}
    event_id = broker.events.publish(ATTEMPT_ANALYZED, {"attempt_id": "ä"}, attributes)
    wait_for(lambda: subscriber.received != [])
    headers, body = subscriber.received[0]
    assert headers["ce-type"] == "google.cloud.pubsub.topic.v1.messagePublished"
    assert headers["ce-specversion"] == "1.0"
    assert headers["ce-id"] == event_id == body["message"]["messageId"]
    assert headers["ce-source"].endswith("/topics/attempt-analyzed")
    assert headers["ce-time"] == body["message"]["publishTime"]
    assert subscriber.data() == [{"attempt_id": "ä"}]
    assert body["message"]["attributes"] == attributes


def test_every_subscription_gets_its_own_delivery(broker: Broker, subscriber: Subscriber) -> None:
    broker.subscribe("one", ATTEMPT_ANALYZED, subscriber.url)
    broker.subscribe("two", ATTEMPT_ANALYZED, subscriber.url)
    broker.events.publish(ATTEMPT_ANALYZED, {"n": 1})
    broker.events.publish(ATTEMPT_COMPLETED, {"n": 2})
    wait_for(lambda: len(subscriber.received) == 2)
    time.sleep(0.2)
    assert subscriber.data() == [{"n": 1}, {"n": 1}]


def test_an_acknowledged_event_is_not_delivered_again(
    broker: Broker, subscriber: Subscriber
) -> None:
    deadline_s = broker.ack_deadline_s
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url, ack_deadline_s=deadline_s)
    broker.events.publish(ATTEMPT_ANALYZED, {"n": 1})
    wait_for(lambda: subscriber.received != [])
    time.sleep(2 * deadline_s)
    assert len(subscriber.received) == 1


def test_a_refused_event_comes_back_with_the_same_id(
    broker: Broker, subscriber: Subscriber
) -> None:
    subscriber.script = [500, 503]
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url)
    broker.events.publish(ATTEMPT_ANALYZED, {"n": 1})
    wait_for(lambda: len(subscriber.received) == 3)
    assert len({headers["ce-id"] for headers, _ in subscriber.received}) == 1
    assert broker.events.dead_letters() == []


def test_a_late_subscriber_gets_the_event_twice(broker: Broker, subscriber: Subscriber) -> None:
    deadline_s = broker.ack_deadline_s
    subscriber.script = [3 * deadline_s]
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url, ack_deadline_s=deadline_s)
    broker.events.publish(ATTEMPT_ANALYZED, {"n": 1})
    wait_for(lambda: len(subscriber.received) >= 2)
    assert subscriber.data()[:2] == [{"n": 1}, {"n": 1}]


def test_a_retried_event_is_overtaken(broker: Broker, subscriber: Subscriber) -> None:
    subscriber.script = [500]
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url, max_in_flight=1, min_backoff_s=1.0)
    broker.events.publish(ATTEMPT_ANALYZED, {"n": 1})
    wait_for(lambda: subscriber.received != [])
    broker.events.publish(ATTEMPT_ANALYZED, {"n": 2})
    wait_for(lambda: len(subscriber.received) == 3)
    assert subscriber.data() == [{"n": 1}, {"n": 2}, {"n": 1}]


def test_no_more_are_in_flight_than_may_be(broker: Broker, subscriber: Subscriber) -> None:
    """A burst waits its turn without using up its tries."""
    subscriber.script = [0.2] * 10
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url, max_in_flight=1)
    for number in range(10):
        broker.events.publish(ATTEMPT_ANALYZED, {"n": number})
    wait_for(lambda: len(subscriber.received) == 10)
    assert sorted(data["n"] for data in subscriber.data()) == list(range(10))
    assert subscriber.most_in_flight == 1


def test_given_up_events_are_kept_and_replayed(broker: Broker, subscriber: Subscriber) -> None:
    events, tries = broker.events, broker.tries
    subscriber.script = [500] * tries
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url)
    events.publish(ATTEMPT_ANALYZED, {"n": 1}, {"traceparent": "00-x"})
    wait_for(lambda: len(events.dead_letters()) == 1)
    (letter,) = events.dead_letters()
    assert (letter.subscription, letter.topic) == ("writer", ATTEMPT_ANALYZED)
    assert (letter.attempts, letter.last_error) == (tries, broker.last_error)
    events.replay(letter.id)
    wait_for(lambda: len(subscriber.received) == tries + 1)
    assert subscriber.data() == [{"n": 1}] * (tries + 1)
    assert subscriber.received[-1][1]["message"]["attributes"] == {"traceparent": "00-x"}
    wait_for(lambda: events.dead_letters() == [])
    with pytest.raises(NotFound):
        events.replay(letter.id)


@pytest.mark.parametrize("id", ["writer/1", "nobody/1", "writer", "", "a b/c", "writer/"])
def test_a_dead_letter_nobody_knows_is_not_found(
    broker: Broker, subscriber: Subscriber, id: str
) -> None:
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url)
    with pytest.raises(NotFound) as caught:
        broker.events.replay(id)
    assert caught.value.code == "dead_letter_not_found"


def test_a_silent_endpoint_is_tried_again(broker: Broker, subscriber: Subscriber) -> None:
    broker.subscribe("writer", ATTEMPT_ANALYZED, "http://127.0.0.1:1/", min_backoff_s=1.0)
    broker.events.publish(ATTEMPT_ANALYZED, {"n": 1})
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url)
    wait_for(lambda: subscriber.data() == [{"n": 1}])


def test_what_was_in_flight_when_its_courier_died_comes_back(
    broker: Broker, subscriber: Subscriber
) -> None:
    broker.die_in_flight("writer", ATTEMPT_ANALYZED, {"n": 1})
    broker.subscribe("writer", ATTEMPT_ANALYZED, subscriber.url)
    wait_for(lambda: subscriber.data() == [{"n": 1}])


def test_an_unreachable_broker_is_unavailable(broker: Broker) -> None:
    nowhere = broker.unreachable()
    with pytest.raises(Unavailable):
        nowhere.publish(ATTEMPT_ANALYZED, {})
    with pytest.raises(Unavailable):
        nowhere.dead_letters()
    with pytest.raises(Unavailable):
        nowhere.replay("writer/1")
