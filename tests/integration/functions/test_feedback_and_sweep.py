"""feedback_writer against the real AI gateway service, and the sweeper."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from run_services.ai_gateway.main import create_app
from shared import wiring
from shared.domain.analysis import Analysis, Evidence, Measures, Score, Scores, Word
from shared.domain.attempt import Attempt
from shared.domain.failure import FAILURES
from shared.domain.times import timestamp
from shared.domain.transcription import Transcriber

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

SCORE = Score(80, "high", (Evidence(4.1, measure="articulation_rate_syll_per_s"),))
ANALYSIS = Analysis(
    "1",
    Transcriber("whisper-base", "1"),
    "en",
    "hello there",
    (Word("hello", 0.1, 0.5, 0.9), Word("there", 0.5, 0.9, 0.9)),
    (),
    Measures(articulation_rate_syll_per_s=4.1),
    Scores(overall=SCORE, fluency=SCORE),
)


@pytest.fixture
def ai_gateway(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    monkeypatch.setenv("ROSTRUM_AI_GATEWAY_URL", f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def changed(attempt: Attempt) -> dict[str, str]:
    return {"attempt_id": attempt.id, "user_id": attempt.user_id}


@pytest.mark.usefixtures("ai_gateway")
def test_an_analysis_gets_feedback_once(bench: "Bench", start: Callable[[str, str], None]) -> None:
    start("feedback_writer", "on_attempt_analyzed")
    attempt = bench.attempt(status="analyzed", analysis=ANALYSIS)
    assert bench.send_message("feedback_writer", changed(attempt)) == 200
    done = bench.now(attempt)
    assert done.status == "completed"
    assert done.feedback is not None
    assert done.feedback.written_by == "rubric"
    assert bench.published("attempt-completed") == [changed(attempt)]
    assert bench.send_message("feedback_writer", changed(attempt)) == 200
    assert bench.now(attempt) == done
    [call] = wiring.documents(bench.settings).query("ai_calls")
    assert call.data["user_id"] == "eve"


@pytest.mark.usefixtures("ai_gateway")
def test_events_without_work_are_acknowledged(
    bench: "Bench", start: Callable[[str, str], None]
) -> None:
    start("feedback_writer", "on_attempt_analyzed")
    early = bench.attempt()
    assert bench.send_message("feedback_writer", changed(early)) == 200
    assert bench.now(early) == early
    assert bench.send_message("feedback_writer", {"attempt_id": "x", "user_id": "y"}) == 200


def test_a_gateway_that_is_away_has_the_event_delivered_again(
    bench: "Bench", start: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROSTRUM_AI_GATEWAY_URL", "http://127.0.0.1:1")
    start("feedback_writer", "on_attempt_analyzed")
    attempt = bench.attempt(status="analyzed", analysis=ANALYSIS)
    assert bench.send_message("feedback_writer", changed(attempt)) == 500
    assert bench.now(attempt) == attempt


def test_a_recording_that_waits_its_turn_is_not_swept(
    bench: "Bench", start: Callable[[str, str], None]
) -> None:
    """As after an outage: its event is still queued behind others."""
    start("attempt_sweeper", "on_sweep_due")
    now = bench.clock.now()
    waiting = bench.attempt(updated_at=timestamp(now - timedelta(hours=11)))
    forgotten = bench.attempt(updated_at=timestamp(now - timedelta(hours=13)))
    for attempt in (waiting, forgotten):
        bench.upload(attempt, b"sound")
    assert bench.send_message("attempt_sweeper", {}) == 200
    assert bench.now(waiting) == waiting
    assert bench.now(forgotten).failure == FAILURES["processing_timeout"]
    assert len(bench.objects.names()) == 2


@pytest.mark.parametrize(
    ("status", "age", "last_error", "code"),
    [
        ("awaiting_upload", timedelta(minutes=21), None, "upload_expired"),
        ("processing", timedelta(minutes=16), None, "processing_timeout"),
        ("processing", timedelta(minutes=16), "recognizer_unavailable", "recognizer_unavailable"),
        ("processing", timedelta(minutes=16), "database_unavailable", "processing_timeout"),
        ("analyzed", timedelta(minutes=16), None, "feedback_unavailable"),
    ],
)
def test_the_sweeper_ends_what_is_stale(
    bench: "Bench",
    start: Callable[[str, str], None],
    status: str,
    age: timedelta,
    last_error: str | None,
    code: str,
) -> None:
    start("attempt_sweeper", "on_sweep_due")
    now = bench.clock.now()
    old = bench.attempt(status=status, updated_at=timestamp(now - age), last_error=last_error)
    fresh = bench.attempt(status=status)
    for attempt in (old, fresh):
        bench.features.save("eve", attempt.id, b"of a worker that was killed", "application/zip")
    finished = bench.attempt(status="completed", updated_at=timestamp(now - timedelta(days=9)))
    assert bench.send_message("attempt_sweeper", {}) == 200
    swept = bench.now(old)
    assert (swept.status, swept.failure) == ("failed", FAILURES[code])
    assert bench.published("attempt-failed") == [changed(old)]
    assert bench.now(fresh) == fresh
    assert not bench.features.has("eve", old.id)
    assert bench.features.has("eve", fresh.id)
    assert bench.now(finished) == finished
    assert bench.send_message("attempt_sweeper", {}) == 200
    assert bench.now(old) == replace(swept)
