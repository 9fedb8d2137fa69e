"""Events: topics, delivered at least once and in any order to every subscriber."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery given up after the subscription's number of tries.

    `last_error` is empty where the broker does not keep it, `topic` where it is gone.
    """

    id: str
    subscription: str
    topic: str
    attempts: int
    last_error: str


class Events(Protocol):
    """Every method raises `Unavailable` when the broker cannot be reached."""

    def publish(
        self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str] | None = None
    ) -> str:
        """Store the event durably and return its id. After that it cannot be lost.

        Subscribers get it as a CloudEvent `google.cloud.pubsub.topic.v1.messagePublished`, with
        `data` as base64 JSON in `message.data`. A repeat publishes a second event.
        """

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Oldest first."""

    def replay(self, id: str) -> None:
        """Deliver a dead letter anew, with its tries counted from zero.

        It may come with another id, and the topic's other subscribers may get it once more.

        Raises `NotFound` when there is no such dead letter.
        """

    def replay_all(self) -> int:
        """Deliver every dead letter there is anew, as `replay` does; how many there were."""
