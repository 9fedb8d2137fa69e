"""audio_processing: one event more or less changes nothing but what is missing."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shared.domain import attempt as machine
from shared.domain.attempt import Recording, object_name
from shared.domain.errors import AttemptFailed, NotFound
from shared.domain.events import ObjectFinalized
from shared.ports.objects import ObjectInfo
from tests.integration.functions.conftest import FIXTURES

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

SENTENCE = "He was not an ill disposed young man."
SOUND = (FIXTURES / "austen.wav").read_bytes()


@pytest.fixture(autouse=True)
def _started(start: Callable[[str, str], None]) -> None:
    start("audio_processing", "on_recording_uploaded")


def test_an_upload_becomes_an_analysis_and_an_event(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    assert bench.send_object(info) == 200
    done = bench.now(attempt)
    assert done.status == "analyzed"
    assert done.analysis is not None
    assert done.analysis.words[0].text == "He"
    assert done.recording == Recording(
        "audio/wav", len(SOUND), info.generation, "pcm_s16le", done.recording.duration_s
    )
    assert bench.published("attempt-analyzed") == [{"attempt_id": attempt.id, "user_id": "eve"}]
    assert bench.objects.names() == []


@pytest.mark.parametrize(("chosen", "counts"), [("strict", "strict"), (None, "standard")])
def test_a_reading_is_marked_as_strictly_as_was_asked_for(
    bench: "Bench", chosen: str | None, counts: str
) -> None:
    attempt = bench.attempt(SENTENCE, strictness=chosen)
    assert bench.send_object(bench.upload(attempt, SOUND)) == 200
    analysis = bench.now(attempt).analysis
    assert analysis is not None
    assert analysis.strictness == counts


def test_a_repeat_only_announces_again(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    bench.send_object(info)
    first = bench.now(attempt)
    bench.published("attempt-analyzed")
    assert bench.send_object(info) == 200
    assert bench.now(attempt) == first
    assert len(bench.published("attempt-analyzed")) == 1


def test_a_worker_killed_after_its_result_left_only_the_deletion(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    bench.send_object(info)
    again = bench.upload(attempt, SOUND)
    assert bench.send_object(again) == 200
    assert bench.objects.names() == []


def test_a_held_lease_is_respected_and_an_ended_one_taken_over(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    recording = Recording("audio/wav", info.size, info.generation)

    def claim(lease: timedelta) -> None:
        now = bench.clock.now()
        bench.attempts.update(
            attempt.id, lambda a: machine.start_processing(a, recording, now, lease)
        )

    claim(timedelta(milliseconds=1))
    claim(timedelta(minutes=5))
    assert bench.send_object(info) == 500
    assert bench.now(attempt).status == "processing"
    bench.attempts.update(attempt.id, lambda a: replace(a, lease_until=a.created_at))
    assert bench.send_object(info) == 200
    assert bench.now(attempt).status == "analyzed"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "audio_unreadable"), (b"hello", "audio_unreadable"), (SOUND[:2000], "audio_too_short")],
)
def test_a_recording_that_cannot_be_assessed(bench: "Bench", data: bytes, code: str) -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, data)
    assert bench.send_object(info) == 200
    failed = bench.now(attempt)
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == ("failed", code)
    assert bench.published("attempt-failed") == [{"attempt_id": attempt.id, "user_id": "eve"}]
    assert bench.objects.names() == []


def test_a_failure_that_comes_late_changes_nothing(bench: "Bench") -> None:
    """Another worker finished the recording meanwhile."""
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    bench.send_object(info)
    analyzed = bench.now(attempt)
    pipeline = sys.modules["main"]._pipeline()
    event = ObjectFinalized("uploads", info.name, info.generation, info.size, "audio/wav")
    pipeline.fail(event, AttemptFailed("recording_lost"))
    assert bench.now(attempt) == analyzed


def test_a_recording_that_vanished(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    bench.objects.delete(info.name)
    assert bench.send_object(info) == 200
    assert bench.now(attempt).failure.code == "recording_lost"


def test_a_recogniser_that_does_not_answer_gives_the_claim_back(
    bench: "Bench", monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    monkeypatch.setenv("ROSTRUM_MODELS_DIR", "/proc/nowhere")
    assert bench.send_object(info) == 500
    waiting = bench.now(attempt)
    assert (waiting.status, waiting.lease_until) == ("processing", None)
    assert waiting.last_error == "recognizer_unavailable"
    assert bench.objects.names() == [info.name]
    assert bench.published("attempt-analyzed") == []


def test_a_recording_without_its_attempt_is_removed(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    bench.attempts.delete(attempt.id)
    assert bench.send_object(info) == 200
    assert bench.objects.names() == []
    with pytest.raises(NotFound):
        bench.now(attempt)


def test_other_objects_are_left_alone(bench: "Bench") -> None:
    assert bench.send_object(ObjectInfo("course/media.mp3", "1", 3, "audio/mpeg")) == 200


def test_an_attempt_already_failed_stays_so(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    ended = bench.attempts.update(
        attempt.id, lambda a: machine.fail(a, "upload_expired", bench.clock.now())
    )
    assert bench.send_object(info) == 200
    assert bench.now(attempt) == ended
    assert object_name("eve", attempt.id) not in bench.objects.names()
