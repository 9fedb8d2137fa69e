"""A Pub/Sub push to the path of its topic is an event to a function, without Eventarc between.

modules/event_function makes the subscriptions so; docs/decisions/0070.
"""

import base64
import json
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient

_FUNCTION = """
import functions_framework
from shared.domain.events import ObjectFinalized
from shared.runtime import delivery, event_origin

seen = []

@functions_framework.cloud_event
def on_event(event):
    about = event["id"], event["type"], event["source"], event["time"]
    def handle(finalized):
        seen.append((about, finalized, event_origin.attributes()))
    delivery.run(event, ObjectFinalized, handle)
    with open(__file__ + ".seen", "w") as file:
        file.write(repr(seen))
"""
_TOPIC = "projects/rostrum-test/topics/uploads-finalized"
_OBJECT = {
    "kind": "storage#object",
    "bucket": "rostrum-test-uploads",
    "name": "attempts/u/a",
    "generation": "17",
    "size": "81234",
    "contentType": "audio/webm",
}


def push(data: object) -> dict[str, Any]:
    """https://cloud.google.com/storage/docs/pubsub-notifications#attributes for the attributes."""
    return {
        "deliveryAttempt": 2,
        "message": {
            "attributes": {"eventType": "OBJECT_FINALIZE", "payloadFormat": "JSON_API_V1"},
            "data": base64.b64encode(json.dumps(data).encode()).decode(),
            "messageId": "1215011316659232",
            "message_id": "1215011316659232",
            "publishTime": "2026-11-01T08:00:00.5Z",
            "publish_time": "2026-11-01T08:00:00.5Z",
        },
        "subscription": "projects/rostrum-test/subscriptions/audio_processing",
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "main.py"
    path.write_text(_FUNCTION)
    return path


@pytest.fixture
def function(source: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    # As the buildpack of a function without a trigger has it; the decorator counts for more.
    monkeypatch.setenv("FUNCTION_SIGNATURE_TYPE", "http")
    return functions_framework.create_app("on_event", str(source)).test_client()


def test_a_storage_notification_is_an_event(function: FlaskClient, source: Path) -> None:
    answer = function.post(f"/{_TOPIC}", json=push(_OBJECT))
    assert answer.status_code == 200
    seen = source.with_name("main.py.seen").read_text()
    assert "'1215011316659232', 'google.cloud.pubsub.topic.v1.messagePublished'" in seen
    assert f"//pubsub.googleapis.com/{_TOPIC}" in seen
    assert "ObjectFinalized(bucket='rostrum-test-uploads', name='attempts/u/a'" in seen
    assert "size=81234" in seen
    assert "2026-11-01T08:00:00.500000+00:00" in seen


def test_what_cannot_be_read_is_delivered_again(function: FlaskClient, source: Path) -> None:
    function.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = function.post(f"/{_TOPIC}", json=push({"kind": "something else"}))
    assert answer.status_code >= 400
    assert not source.with_name("main.py.seen").exists()
