"""The state machine: which step starts where, and what a repeat changes (nothing)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from shared.domain import attempt as machine
from shared.domain.analysis import Analysis, Measures, Scores
from shared.domain.attempt import Attempt, Prompt, Recording, StaleTransition, Status
from shared.domain.failure import FAILURES
from shared.domain.feedback import Feedback
from shared.domain.times import timestamp
from shared.domain.transcription import Transcriber

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
RECORDING = Recording("audio/webm", 1000, "7")
ANALYSIS = Analysis(
    "1", Transcriber("whisper-base", "1"), "en", "hello", (), (), Measures(), Scores()
)
FEEDBACK = Feedback("feedback", 1, "rubric", "Well done.", (), ())


def attempt(status: Status, **changes: object) -> Attempt:
    start = Attempt(
        id="a",
        user_id="u",
        status=status,
        kind="free_speech",
        prompt=Prompt("en"),
        created_at=timestamp(NOW),
        updated_at=timestamp(NOW),
    )
    return replace(start, **changes)


STEPS: dict[str, tuple[set[str], Callable[[Attempt], Attempt]]] = {
    "start_processing": (
        {"awaiting_upload", "processing"},
        lambda a: machine.start_processing(a, RECORDING, NOW, LEASE),
    ),
    "release": ({"processing"}, lambda a: machine.release(a, None, "recognizer_unavailable", NOW)),
    "fail_recording": (
        {"processing"},
        lambda a: machine.fail_recording(a, "7", "no_speech", NOW),
    ),
    "record_analysis": (
        {"processing"},
        lambda a: machine.record_analysis(a, RECORDING, ANALYSIS, NOW),
    ),
    "complete": ({"analyzed"}, lambda a: machine.complete(a, FEEDBACK, NOW)),
    "fail": (
        {"awaiting_upload", "processing", "analyzed"},
        lambda a: machine.fail(a, "no_speech", NOW),
    ),
}


@pytest.mark.parametrize("status", get_args(Status))
@pytest.mark.parametrize("step", STEPS)
def test_each_step_starts_only_where_it_may(step: str, status: Status) -> None:
    starts, act = STEPS[step]
    before = attempt(status, recording=RECORDING)
    if status in starts:
        assert act(before).updated_at == timestamp(NOW)
    else:
        with pytest.raises(StaleTransition):
            act(before)


def test_the_whole_way() -> None:
    later = NOW + timedelta(seconds=5)
    claimed = machine.start_processing(attempt("awaiting_upload"), RECORDING, NOW, LEASE)
    assert (claimed.status, claimed.recording) == ("processing", RECORDING)
    measured = replace(RECORDING, codec="opus", duration_s=6.4)
    analyzed = machine.record_analysis(claimed, measured, ANALYSIS, later)
    assert (analyzed.status, analyzed.analysis, analyzed.lease_until) == (
        "analyzed",
        ANALYSIS,
        None,
    )
    assert analyzed.recording == measured
    done = machine.complete(analyzed, FEEDBACK, later)
    assert (done.status, done.feedback, done.analysis) == ("completed", FEEDBACK, ANALYSIS)


def test_a_kept_recording_is_mentioned_until_it_is_gone() -> None:
    claimed = machine.start_processing(attempt("awaiting_upload"), RECORDING, NOW, LEASE)
    until = NOW + timedelta(days=90)
    kept = machine.record_analysis(claimed, RECORDING, ANALYSIS, NOW, until)
    assert kept.kept_until == timestamp(until)
    done = machine.complete(kept, FEEDBACK, NOW)
    gone = machine.keep_no_longer(done, until)
    assert gone == replace(done, kept_until=None, updated_at=timestamp(until))
    with pytest.raises(StaleTransition):
        machine.keep_no_longer(gone, until)


def test_a_running_lease_keeps_others_out_and_an_ended_one_does_not() -> None:
    claimed = machine.start_processing(attempt("awaiting_upload"), RECORDING, NOW, LEASE)
    with pytest.raises(StaleTransition) as caught:
        machine.start_processing(claimed, RECORDING, NOW + LEASE / 2, LEASE)
    assert caught.value.code == "lease_held"
    again = machine.start_processing(claimed, RECORDING, NOW + LEASE * 2, LEASE)
    assert again.lease_until == timestamp(NOW + LEASE * 3)


def test_a_released_claim_can_be_taken_at_once_and_remembers_why() -> None:
    claimed = machine.start_processing(attempt("awaiting_upload"), RECORDING, NOW, LEASE)
    with pytest.raises(StaleTransition):
        machine.release(claimed, "another worker's lease", "recognizer_unavailable", NOW)
    released = machine.release(claimed, claimed.lease_until, "recognizer_unavailable", NOW)
    assert released.last_error == "recognizer_unavailable"
    assert machine.start_processing(released, RECORDING, NOW, LEASE).status == "processing"


def test_an_analysis_of_other_bytes_is_refused() -> None:
    claimed = machine.start_processing(attempt("awaiting_upload"), RECORDING, NOW, LEASE)
    other = replace(RECORDING, generation="8")
    with pytest.raises(StaleTransition):
        machine.record_analysis(claimed, other, ANALYSIS, NOW)
    with pytest.raises(StaleTransition):
        machine.fail_recording(claimed, "8", "no_speech", NOW)


@pytest.mark.parametrize("code", FAILURES)
def test_every_failure_tells_the_learner_what_and_what_next(code: str) -> None:
    failure = machine.fail(attempt("processing"), code, NOW).failure
    assert failure is not None
    assert failure.code == code
    assert failure.detail.endswith(".")
    assert failure.next_step.endswith(".")
