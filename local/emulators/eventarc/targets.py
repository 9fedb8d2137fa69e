"""What Eventarc makes of a Pub/Sub push: a CloudEvent in binary mode for one function.

https://cloud.google.com/eventarc/docs/cloudevents,
https://googleapis.github.io/google-cloudevents/ for the shapes of the data.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_PUBLISHED = "google.cloud.pubsub.topic.v1.messagePublished"
_FINALIZED = "google.cloud.storage.object.v1.finalized"
_PROJECT = re.compile(r"projects/([^/]+)/subscriptions/[^/]+")
# CloudEvents HTTP binding 1.0, section 3.1.3.2: all other characters are percent-encoded.
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F))).replace('"', "").replace("%", "")


class MalformedPushError(ValueError):
    """Not a push request of Pub/Sub, or not a notification of Cloud Storage."""


@dataclass(frozen=True, slots=True)
class Target:
    """A function: its address, and the topic or else the bucket whose events it gets."""

    name: str
    url: str
    topic: str
    bucket: str | None = None
    max_in_flight: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """What is posted: headers, and a body that is sent as JSON."""

    headers: Mapping[str, str]
    body: Mapping[str, Any]


def event_for(target: Target, push: Mapping[str, Any]) -> Event | None:
    """The event this push brings the target; None when it is none of the target's bucket.

    Raises `MalformedPushError`.
    """
    try:
        message = push["message"]
        identity = {
            "ce-specversion": "1.0",
            "ce-id": message["messageId"],
            "ce-time": message["publishTime"],
        }
        if target.bucket is None:
            return Event({**identity, **_topic_headers(target.topic, push)}, push)
        attributes = message["attributes"]
        if (attributes["eventType"], attributes["bucketId"]) != ("OBJECT_FINALIZE", target.bucket):
            return None
        headers = {**identity, **_object_headers(target.bucket, attributes["objectId"])}
        return Event(headers, json.loads(base64.b64decode(message["data"])))
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise MalformedPushError(type(error).__name__) from error


def _topic_headers(topic: str, push: Mapping[str, Any]) -> Mapping[str, str]:
    match = _PROJECT.fullmatch(push["subscription"])
    if match is None:
        raise MalformedPushError("subscription")
    return {
        "ce-type": _PUBLISHED,
        "ce-source": f"//pubsub.googleapis.com/projects/{match[1]}/topics/{topic}",
    }


def _object_headers(bucket: str, name: str) -> Mapping[str, str]:
    return {
        "ce-type": _FINALIZED,
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{bucket}",
        "ce-subject": quote(f"objects/{name}", safe=_PRINTABLE),
        "ce-bucket": bucket,
    }
