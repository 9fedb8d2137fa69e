"""Events over Pub/Sub.

https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1 and, for dead letters,
https://cloud.google.com/pubsub/docs/handling-failures. What subscription S gives up goes to the
topic `S-dead-letters`, and is kept by the pull subscription of the same name.
"""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from shared.adapters.gcp.pubsub_calls import (
    TRY_TIMEOUT_S,
    build_publisher,
    build_subscriber,
    retried,
    translated_errors,
)
from shared.domain.errors import NotFound, Unavailable
from shared.ports.events import DeadLetter

if TYPE_CHECKING:
    from datetime import datetime

    from google.pubsub_v1 import PubsubMessage, ReceivedMessage, SubscriberClient

_SUFFIX: Final = "-dead-letters"
_SOURCE: Final = "CloudPubSubDeadLetterSource"
_DELETED: Final = "_deleted-topic_"
_PULLED_AT_ONCE: Final = 1000
_MOST_HELD: Final = 10_000
_THREADS: Final = 8


class PubSubEvents:
    """The events port. Codes: `events_unavailable`, `event_invalid`, `dead_letter_not_found`.

    A call ends after 7.5 s at the latest; one that lists or looks for dead letters needs about
    3 s more for each 1000 of them. Events are published without ordering keys.
    """

    def __init__(self, project: str, *, emulator_host: str | None = None) -> None:
        self._project = project
        self._emulator_host = emulator_host

    def publish(
        self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str] | None = None
    ) -> str:
        """See the port. Answered by Pub/Sub itself, which has stored the event by then."""
        with translated_errors():
            name = f"projects/{self._project}/topics/{topic}"
            return self._publish(name, json.dumps(data).encode(), dict(attributes or {}))

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """See the port; at most 10,000 of a subscription are looked at.

        They are pulled and given back at once. One that is being looked at elsewhere is missing.
        """
        with translated_errors(), ThreadPoolExecutor(_THREADS) as pool:
            found = [pair for pairs in pool.map(self._kept_by, self._keepers()) for pair in pairs]
        found.sort(key=lambda pair: pair[0])
        return [letter for _, letter in found[:limit]]

    def replay(self, id: str) -> None:
        """Publish a dead letter to its topic anew, and then forget it: killed between, it repeats.

        The topic's other subscribers see the event once more, as they may at any time.
        """
        from google.api_core.exceptions import InvalidArgument
        from google.api_core.exceptions import NotFound as Absent

        name, _, message_id = id.partition("/")
        keeper = f"projects/{self._project}/subscriptions/{name}{_SUFFIX}"
        with translated_errors(), self._held(keeper) as (pulled, held):
            try:
                letter = next((m for m in pulled if m.message.message_id == message_id), None)
            except (Absent, InvalidArgument):
                letter = None
            if letter is None:
                raise NotFound("There is no such dead letter.", code="dead_letter_not_found")
            if not self._replayed(keeper, letter, held):
                raise Unavailable("Its topic is deleted.", code="events_unavailable")

    def replay_all(self) -> int:
        """See the port; each is published and forgotten as by `replay`.

        Those of a deleted topic stay, and are not counted.
        """
        replayed = 0
        with translated_errors():
            for keeper in self._keepers():
                with self._held(keeper) as (pulled, held):
                    for letter in pulled:
                        replayed += self._replayed(keeper, letter, held)
        return replayed

    def _replayed(self, keeper: str, letter: "ReceivedMessage", held: list[str]) -> bool:
        """Whether its topic is still there to take it."""
        attributes = dict(letter.message.attributes)
        own = {k: v for k, v in attributes.items() if not k.startswith(_SOURCE)}
        topic = self._topic(_source(letter.message))
        if topic == _DELETED:
            return False
        self._publish(topic, letter.message.data, own)
        acknowledged = {"subscription": keeper, "ack_ids": [letter.ack_id]}
        retried(
            lambda: self._subscriber.acknowledge(
                request=acknowledged, retry=None, timeout=TRY_TIMEOUT_S
            )
        )
        held.remove(letter.ack_id)
        return True

    def _publish(self, topic: str, data: bytes, attributes: Mapping[str, str]) -> str:
        client = build_publisher(self._emulator_host)
        request = {"topic": topic, "messages": [{"data": data, "attributes": attributes}]}
        response = retried(
            lambda: client.publish(request=request, retry=None, timeout=TRY_TIMEOUT_S)
        )
        message_id: str = response.message_ids[0]
        return message_id

    @property
    def _subscriber(self) -> "SubscriberClient":
        return build_subscriber(self._emulator_host)

    def _keepers(self) -> list[str]:
        """Full names of the subscriptions that keep dead letters."""
        request = {"project": f"projects/{self._project}"}

        def listed() -> list[str]:
            pages = self._subscriber.list_subscriptions(
                request=request, retry=None, timeout=TRY_TIMEOUT_S
            )
            return [page.name for page in pages if page.name.endswith(_SUFFIX)]

        return retried(listed)

    def _topic(self, subscription: str) -> str:
        request = {"subscription": subscription}
        answer = retried(
            lambda: self._subscriber.get_subscription(
                request=request, retry=None, timeout=TRY_TIMEOUT_S
            )
        )
        topic: str = answer.topic
        return topic

    def _kept_by(self, keeper: str) -> "list[tuple[datetime, DeadLetter]]":
        """With the time each was given up."""
        with self._held(keeper) as (pulled, _):
            messages = [received.message for received in pulled]
        topics = {source: self._topic_name(source) for source in {_source(m) for m in messages}}
        subscription = _last(keeper).removesuffix(_SUFFIX)
        return [
            (
                message.publish_time,
                DeadLetter(
                    id=f"{subscription}/{message.message_id}",
                    subscription=subscription,
                    topic=topics[_source(message)],
                    attempts=int(message.attributes.get(f"{_SOURCE}DeliveryCount", "0")),
                    last_error="",
                ),
            )
            for message in messages
        ]

    def _topic_name(self, subscription: str) -> str:
        """Empty where topic or subscription exist no longer, or the message names none."""
        from google.api_core.exceptions import InvalidArgument
        from google.api_core.exceptions import NotFound as Absent

        try:
            topic = self._topic(subscription)
        except (Absent, InvalidArgument):
            return ""
        return "" if topic == _DELETED else _last(topic)

    @contextmanager
    def _held(self, keeper: str) -> "Iterator[tuple[Iterator[ReceivedMessage], list[str]]]":
        """The messages in that subscription, pulled as they are asked for, and their ack ids.

        Those whose ids are still in the list after are given back.
        """
        from google.api_core.exceptions import GoogleAPIError

        held: list[str] = []
        try:
            yield self._pulled(keeper, held), held
        finally:
            # Those that cannot be given back return by themselves after their deadline.
            with suppress(GoogleAPIError):
                for start in range(0, len(held), _PULLED_AT_ONCE):
                    ids = held[start : start + _PULLED_AT_ONCE]
                    self._subscriber.modify_ack_deadline(
                        request={
                            "subscription": keeper,
                            "ack_ids": ids,
                            "ack_deadline_seconds": 0,
                        },
                        retry=None,
                        timeout=TRY_TIMEOUT_S,
                    )

    def _pulled(self, keeper: str, held: list[str]) -> "Iterator[ReceivedMessage]":
        from google.api_core.exceptions import DeadlineExceeded

        while len(held) < _MOST_HELD:
            request = {"subscription": keeper, "max_messages": _PULLED_AT_ONCE}
            try:
                answer = self._subscriber.pull(request=request, retry=None, timeout=TRY_TIMEOUT_S)
            except DeadlineExceeded:
                return  # Pub/Sub waits for a first message as long as it may.
            if not answer.received_messages:
                return
            held += [received.ack_id for received in answer.received_messages]
            yield from answer.received_messages


def _source(message: "PubsubMessage") -> str:
    """Full name of the subscription that gave this message up."""
    attributes = message.attributes
    project = attributes.get(f"{_SOURCE}SubscriptionProject", "")
    return f"projects/{project}/subscriptions/{attributes.get(f'{_SOURCE}Subscription', '')}"


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]
