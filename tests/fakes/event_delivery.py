"""Events as functions get them on Google, in both forms."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from shared.ports.objects import ObjectInfo
from tests.emulators import official

Send = Callable[[str, Mapping[str, Any]], None]
"""Posts the data of an event on a topic; raises `httpx.HTTPStatusError` if it is refused."""
_WITHIN_S = 120.0


def by_push(url: str) -> Send:
    """As a push subscription to the path of its topic: functions-framework makes the CloudEvent.

    https://cloud.google.com/pubsub/docs/push#receive_push
    """

    def send(topic: str, data: Mapping[str, Any]) -> None:
        answer = httpx.post(f"{url}/{topic}", json=_pushed(data), timeout=_WITHIN_S)
        answer.raise_for_status()

    return send


def by_eventarc(url: str) -> Send:
    """As a CloudEvent in binary mode: https://cloud.google.com/eventarc/docs/cloudevents."""

    def send(topic: str, data: Mapping[str, Any]) -> None:
        event = {"specversion": "1.0", "id": "1", "time": "2026-11-01T00:00:00Z"}
        if "bucket" in data:
            body = data
            event["type"] = "google.cloud.storage.object.v1.finalized"
            event["source"] = f"//storage.googleapis.com/projects/_/buckets/{data['bucket']}"
        else:
            body = _pushed(data)
            event["type"] = "google.cloud.pubsub.topic.v1.messagePublished"
            topics = f"//pubsub.googleapis.com/projects/{official.PROJECT}/topics"
            event["source"] = f"{topics}/{topic}"
        headers = {f"ce-{name}": value for name, value in event.items()}
        httpx.post(url, json=body, headers=headers, timeout=_WITHIN_S).raise_for_status()

    return send


def finalized(bucket: str, info: ObjectInfo) -> dict[str, str]:
    """The object's resource, of which Cloud Storage's notifications are made."""
    return {
        "kind": "storage#object",
        "bucket": bucket,
        "name": info.name,
        "generation": info.generation,
        "size": str(info.size),
        "contentType": info.content_type,
    }


def _pushed(data: Mapping[str, Any]) -> dict[str, Any]:
    message = {
        "data": base64.b64encode(json.dumps(data).encode()).decode(),
        "messageId": "1",
        "publishTime": "2026-11-01T00:00:00Z",
        "attributes": {},
    }
    return {"message": message, "subscription": f"projects/{official.PROJECT}/subscriptions/s"}
