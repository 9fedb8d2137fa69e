"""Topics and push subscriptions of the emulator stack, as Terraform and Eventarc make them.

Over REST, which the emulator speaks as Pub/Sub does:
https://cloud.google.com/pubsub/docs/reference/rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from local.deployables import Function
from local.emulators.eventarc.targets import Target
from shared.adapters.embedded.object_notifications import topic as queue_topic
from shared.domain import events

STORAGE_NOTIFICATIONS = "storage-notifications"
"""Carries the finalized objects of every bucket."""
TOPICS = (
    events.ATTEMPT_ANALYZED,
    events.ATTEMPT_COMPLETED,
    events.ATTEMPT_FAILED,
    events.SWEEP_DUE,
    events.ACCOUNT_ERASED,
    events.ACCOUNT_EXPORT_REQUESTED,
    STORAGE_NOTIFICATIONS,
)
_BUCKET_PREFIX = queue_topic("")
_KEPT_ACK_DEADLINE_S = 60


@dataclass(frozen=True, slots=True)
class Patience:
    """How a push subscription delivers. Pub/Sub takes 5 to 100 tries.

    About a second lies between two: with a retry policy, the emulator (0.8.20) forgets some of
    many messages that fail together. So that a short outage makes no dead letters, they are many.
    """

    ack_deadline_s: int = 600
    max_attempts: int = 100


def create_topics(project: str, emulator_host: str) -> None:
    """Create those that are missing."""
    with _client(project, emulator_host) as client:
        for topic in TOPICS:
            _create(client, f"topics/{topic}", {})


def prepare(
    project: str,
    emulator_host: str,
    bridge_url: str,
    functions: Iterable[Function],
    patience: Patience | None = None,
) -> None:
    """Topics, and for each function a push subscription of its name to `bridge_url/NAME`.

    Its dead letters are kept by the pull subscription `NAME-dead-letters` of the topic of that
    name. Safe to repeat: what exists is changed to what is given.
    """
    create_topics(project, emulator_host)
    with _client(project, emulator_host) as client:
        for function in functions:
            dead_letters = f"{function.name}-dead-letters"
            dead_topic = f"projects/{project}/topics/{dead_letters}"
            _create(client, f"topics/{dead_letters}", {})
            kept = {"topic": dead_topic, "ackDeadlineSeconds": _KEPT_ACK_DEADLINE_S}
            _create(client, f"subscriptions/{dead_letters}", {**kept, "expirationPolicy": {}})
            terms = _terms(f"{bridge_url}/{function.name}", dead_topic, patience or Patience())
            topic = f"projects/{project}/topics/{source(function)[0]}"
            body = {"topic": topic, "expirationPolicy": {}, **terms}
            if not _create(client, f"subscriptions/{function.name}", body):
                changed = {"subscription": terms, "updateMask": ",".join(terms)}
                client.patch(f"subscriptions/{function.name}", json=changed).raise_for_status()


def source(function: Function) -> tuple[str, str | None]:
    """The topic a function's events come by, and the bucket it gets those of, if one."""
    if function.topic.startswith(_BUCKET_PREFIX):
        return STORAGE_NOTIFICATIONS, function.topic.removeprefix(_BUCKET_PREFIX)
    return function.topic, None


def target(function: Function, url: str) -> Target:
    """Where the stand-in for Eventarc hands that function's events on to."""
    topic, bucket = source(function)
    return Target(function.name, url, topic, bucket, function.max_in_flight)


def _terms(endpoint: str, dead_topic: str, patience: Patience) -> Mapping[str, Any]:
    return {
        "pushConfig": {"pushEndpoint": endpoint},
        "ackDeadlineSeconds": patience.ack_deadline_s,
        "deadLetterPolicy": {
            "deadLetterTopic": dead_topic,
            "maxDeliveryAttempts": patience.max_attempts,
        },
    }


def _client(project: str, emulator_host: str) -> httpx.Client:
    return httpx.Client(base_url=f"http://{emulator_host}/v1/projects/{project}/", timeout=10.0)


def _create(client: httpx.Client, path: str, body: Mapping[str, Any]) -> bool:
    """Whether it was not there yet."""
    response = client.put(path, json=body)
    if response.status_code == HTTPStatus.CONFLICT:
        return False
    response.raise_for_status()
    return True
