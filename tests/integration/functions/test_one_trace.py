"""One trace from the request for an upload to the feedback, over every deployable on the way."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_span_id, format_trace_id
from werkzeug.serving import make_server

from run_services.ai_gateway.main import create_app as ai_gateway_app
from run_services.practice.main import create_app as practice_app
from run_services.practice.settings import Settings
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.events import Subscription
from shared.adapters.embedded.identity import LocalTokens
from shared.adapters.embedded.object_notifications import topic
from shared.domain.identity import Principal
from tests.fakes.telemetry import Recorded, recorded
from tests.integration.functions.conftest import FIXTURES

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SENTENCE = "He was not an ill disposed young man."
ADDRESS = "eve@example.org"


@pytest.fixture
def telemetry() -> Iterator[Recorded]:
    with recorded() as kept:
        yield kept


@pytest.fixture
def ai_gateway(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = make_server("127.0.0.1", 0, ai_gateway_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    monkeypatch.setenv("ROSTRUM_AI_GATEWAY_URL", f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def request_upload(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What POST /v1/attempts answers; its headers are those of Google's front end."""
    monkeypatch.setenv("ROSTRUM_COURSE_URL", "http://127.0.0.1:9")
    settings = Settings()
    tokens = LocalTokens(settings.token_keys, "rostrum-local", "rostrum", SystemClock())
    token = tokens.issue(Principal("eve", "learner"), "rostrum", timedelta(minutes=5))
    answer = (
        practice_app(settings)
        .test_client()
        .post(
            "/v1/attempts",
            json={
                "kind": "read_aloud",
                "prompt": {"text": SENTENCE, "title": ADDRESS},
                "recording": {"content_type": "audio/wav"},
            },
            headers={
                "Authorization": f"Bearer {token}",
                "X-Cloud-Trace-Context": f"{TRACE_ID}/1;o=1",
            },
        )
    )
    assert answer.status_code == 201
    created: dict[str, Any] = answer.json
    return created


def deliver(bench: "Bench", subscription: Subscription, function: str) -> None:
    """As the event pump does it."""
    delivery = bench.events.claim(subscription)
    assert delivery is not None
    answer = bench.clients[function].post("/", json=delivery.body, headers=dict(delivery.headers))
    assert answer.status_code == 200
    bench.events.acknowledge(delivery)


def parents(spans: list[ReadableSpan]) -> dict[str, str | None]:
    """Name of each span's parent by its own; spans of other traces are left out."""
    ours = [s for s in spans if s.context and format_trace_id(s.context.trace_id) == TRACE_ID]
    names = {span.context.span_id: span.name for span in ours if span.context}
    return {s.name: names.get(s.parent.span_id) if s.parent else None for s in ours}


@pytest.mark.usefixtures("ai_gateway")
def test_a_recording_is_one_trace_from_upload_to_feedback(
    bench: "Bench",
    start: Callable[[str, str], None],
    telemetry: Recorded,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    uploads, analyzed = (
        Subscription(name, name, "http://unused") for name in (topic("uploads"), "attempt-analyzed")
    )
    bench.events.subscribe(uploads)
    created = request_upload(bench, monkeypatch)
    attempt = bench.attempts.get(created["id"]).attempt
    bench.upload(attempt, (FIXTURES / "austen.wav").read_bytes())
    start("audio_processing", "on_recording_uploaded")
    deliver(bench, uploads, "audio_processing")
    start("feedback_writer", "on_attempt_analyzed")
    deliver(bench, analyzed, "feedback_writer")
    assert bench.now(attempt).status == "completed"

    assert parents(telemetry.spans) == {
        "POST /v1/attempts": None,
        "process uploads": "POST /v1/attempts",
        "read": "process uploads",
        "assess": "process uploads",
        "recognise": "assess",
        "store": "process uploads",
        "send attempt-analyzed": "process uploads",
        "process attempt-analyzed": "send attempt-analyzed",
        "POST ai_gateway": "process attempt-analyzed",
        "POST /internal/v1/tasks/{task}": "POST ai_gateway",
        "generate_content rubric": "POST /internal/v1/tasks/{task}",
        "send attempt-completed": "process attempt-analyzed",
    }
    everything = "".join(span.to_json() for span in telemetry.spans)
    for private in ("disposed", ADDRESS, "Bearer", "http://", '"eve"', "/eve"):
        assert private not in everything

    finished = telemetry.points("rostrum.attempts.finished")
    assert finished == {frozenset({("rostrum.outcome", "completed")}): 1}
    to_analyzed = telemetry.points("rostrum.attempts.time_to_analyzed")
    to_completed = telemetry.points("rostrum.attempts.time_to_completed")
    assert 0 < to_analyzed[frozenset()] < to_completed[frozenset()] < 120

    logging.getLogger().handlers[0].flush()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[:1] == "{"]
    ids = {format_span_id(s.context.span_id): s.name for s in telemetry.spans if s.context}
    logged = {
        line["message"]: ids[line["logging.googleapis.com/spanId"]]
        for line in lines
        if line.get("logging.googleapis.com/trace", "").endswith(TRACE_ID)
    }
    assert logged["feedback written"] == "POST /internal/v1/tasks/{task}"
    assert logged["event handled"] == "process attempt-analyzed"


def test_the_sweeper_tells_how_much_is_unfinished_and_for_how_long(
    bench: "Bench", start: Callable[[str, str], None], telemetry: Recorded
) -> None:
    bench.attempt(updated_at="2020-01-01T00:00:00.000000Z", status="processing")
    bench.attempt()
    bench.attempt()
    start("attempt_sweeper", "on_sweep_due")
    assert bench.send_message("attempt_sweeper", {}) == 200

    def by_status(name: str) -> dict[object, float]:
        points = telemetry.points(name).items()
        return {dict(labels)["rostrum.attempt.status"]: value for labels, value in points}

    assert by_status("rostrum.attempts.unfinished") == {
        "awaiting_upload": 2,
        "processing": 0,
        "analyzed": 0,
    }
    waited = by_status("rostrum.attempts.oldest")
    assert 0 < waited["awaiting_upload"] < 60
    assert waited["processing"] == 0
    finished = telemetry.points("rostrum.attempts.finished")
    assert finished == {frozenset({("rostrum.outcome", "processing_timeout")}): 1}
