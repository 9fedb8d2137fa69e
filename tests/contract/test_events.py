"""What every events adapter owes publishers and subscribers, shown on real HTTP deliveries."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa

from local.event_pump import EventPump
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.database import connect
from shared.adapters.embedded.events import PostgresEvents, Subscription
from shared.domain.errors import NotFound, Unavailable


class Subscriber:
    """An HTTP endpoint that answers as scripted (200 when the script is over) and remembers."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], dict]] = []
        self.script: list[int | float] = []
        subscriber = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                step = subscriber.script.pop(0) if subscriber.script else 200
                subscriber.received.append(({k.lower(): v for k, v in self.headers.items()}, body))
                if isinstance(step, float):
                    time.sleep(step)
                self.send_response(step if isinstance(step, int) else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def data(self) -> list[dict]:
        return [json.loads(base64.b64decode(b["message"]["data"])) for _, b in self.received]


def wait_for(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.01)


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    subscriber = Subscriber()
    yield subscriber
    subscriber.server.shutdown()
    subscriber.server.server_close()


@pytest.fixture
def events(database: sa.Engine) -> PostgresEvents:
    return PostgresEvents(database, SystemClock())


@pytest.fixture
def subscribe(events: PostgresEvents, subscriber: Subscriber) -> Iterator[Callable[..., None]]:
    pumps = []

    def subscribe(name: str = "writer", **options: object) -> None:
        defaults = {"min_backoff_s": 0.05, "max_backoff_s": 0.2, "max_attempts": 3}
        events.subscribe(
            Subscription(name, "attempt-analyzed", subscriber.url, **{**defaults, **options})
        )
        pumps.append(EventPump(events))
        pumps[-1].start()

    yield subscribe
    for pump in pumps:
        pump.stop()


def test_delivers_a_cloud_event(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    subscribe()
    event_id = events.publish("attempt-analyzed", {"attempt_id": "ä"}, {"traceparent": "00-x"})
    wait_for(lambda: subscriber.received != [])
    headers, body = subscriber.received[0]
    assert headers["ce-type"] == "google.cloud.pubsub.topic.v1.messagePublished"
    assert headers["ce-specversion"] == "1.0"
    assert headers["ce-id"] == event_id == body["message"]["messageId"]
    assert headers["ce-source"].endswith("/topics/attempt-analyzed")
    assert subscriber.data() == [{"attempt_id": "ä"}]
    assert body["message"]["attributes"] == {"traceparent": "00-x"}


def test_every_subscription_gets_its_own_delivery(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    subscribe("one")
    subscribe("two")
    events.publish("attempt-analyzed", {"n": 1})
    events.publish("other-topic", {"n": 2})
    wait_for(lambda: len(subscriber.received) == 2)
    time.sleep(0.2)
    assert subscriber.data() == [{"n": 1}, {"n": 1}]


def test_an_acknowledged_event_is_not_delivered_again(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    subscribe(ack_deadline_s=0.3)
    events.publish("attempt-analyzed", {"n": 1})
    wait_for(lambda: subscriber.received != [])
    time.sleep(0.6)
    assert len(subscriber.received) == 1


def test_a_refused_event_comes_back_with_the_same_id(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    subscriber.script = [500, 503]
    subscribe()
    events.publish("attempt-analyzed", {"n": 1})
    wait_for(lambda: len(subscriber.received) == 3)
    assert len({headers["ce-id"] for headers, _ in subscriber.received}) == 1
    assert events.dead_letters() == []


def test_a_late_subscriber_gets_the_event_twice(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    subscriber.script = [0.6]
    subscribe(ack_deadline_s=0.2, max_in_flight=2)
    events.publish("attempt-analyzed", {"n": 1})
    wait_for(lambda: len(subscriber.received) >= 2)
    assert subscriber.data()[:2] == [{"n": 1}, {"n": 1}]


def test_a_retried_event_is_overtaken(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    subscriber.script = [500]
    subscribe(max_in_flight=1)
    events.publish("attempt-analyzed", {"n": 1})
    events.publish("attempt-analyzed", {"n": 2})
    wait_for(lambda: len(subscriber.received) == 3)
    assert subscriber.data() == [{"n": 1}, {"n": 2}, {"n": 1}]


def test_given_up_events_are_kept_and_replayed(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    subscriber.script = [500, 500, 500]
    subscribe()
    events.publish("attempt-analyzed", {"n": 1})
    wait_for(lambda: len(events.dead_letters()) == 1)
    (letter,) = events.dead_letters()
    assert (letter.subscription, letter.topic) == ("writer", "attempt-analyzed")
    assert (letter.attempts, letter.last_error) == (3, "status 500")
    events.replay(letter.id)
    wait_for(lambda: len(subscriber.received) == 4)
    wait_for(lambda: events.dead_letters() == [])
    with pytest.raises(NotFound):
        events.replay(letter.id)


def test_a_silent_endpoint_is_tried_again(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    events.subscribe(Subscription("writer", "attempt-analyzed", "http://127.0.0.1:1/"))
    events.publish("attempt-analyzed", {"n": 1})
    subscribe(max_attempts=10)
    wait_for(lambda: subscriber.data() == [{"n": 1}])


def test_what_a_killed_pump_had_in_flight_comes_back(
    events: PostgresEvents, subscriber: Subscriber, subscribe: Callable[..., None]
) -> None:
    lost = Subscription("writer", "attempt-analyzed", subscriber.url, ack_deadline_s=600)
    events.subscribe(lost)
    events.publish("attempt-analyzed", {"n": 1})
    assert events.claim(lost) is not None
    assert events.claim(lost) is None
    subscribe()
    wait_for(lambda: subscriber.data() == [{"n": 1}])


def test_an_unreachable_broker_is_unavailable() -> None:
    nowhere = PostgresEvents(connect("postgresql+pg8000://u:p@127.0.0.1:1/d"), SystemClock())
    with pytest.raises(Unavailable):
        nowhere.publish("attempt-analyzed", {})
