"""Recordings kept by choice: copied once, whatever is killed, and gone when they are to go."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared import wiring
from shared.domain.attempt import Attempt, fail, kept_name
from shared.domain.times import moment
from shared.repositories.recording_choices import RecordingChoices
from tests.fakes.killed import Killed
from tests.integration.functions.conftest import FIXTURES

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

SENTENCE = "He was not an ill disposed young man."
SOUND = (FIXTURES / "austen.wav").read_bytes()
KEPT = timedelta(days=90)


def before_recording(bench: "Bench", act: Callable[[str], None]) -> None:
    """Have it act on the attempt's id just before the analysis is recorded."""

    class Attempts:
        def __getattr__(self, name: str) -> Any:
            return getattr(bench.attempts, name)

        def update_by_choice(self, attempt_id: str, transition: Any) -> Attempt:
            act(attempt_id)
            return bench.attempts.update_by_choice(attempt_id, transition)

    sys.modules["main"]._pipeline()._attempts = Attempts()


@pytest.fixture
def choices(bench: "Bench") -> RecordingChoices:
    return wiring.recording_choices(bench.settings)


@pytest.fixture
def assess(bench: "Bench", start: Callable[[str, str], None]) -> Callable[[], Attempt]:
    """A new attempt goes through audio_processing."""
    start("audio_processing", "on_recording_uploaded")

    def assess() -> Attempt:
        attempt = bench.attempt(SENTENCE)
        assert bench.send_object(bench.upload(attempt, SOUND)) == 200
        assert bench.now(attempt).status == "analyzed"
        return bench.now(attempt)

    return assess


def test_a_recording_is_kept_by_choice(
    bench: "Bench", assess: Callable[[], Attempt], choices: RecordingChoices
) -> None:
    choices.allow("eve", bench.clock.now())
    attempt = assess()
    kept = bench.objects.stat(kept_name("eve", attempt.id))
    assert bench.objects.names() == [kept.name]
    assert bench.objects.read(kept.name, kept.generation) == SOUND
    assert moment(attempt.kept_until) == moment(attempt.updated_at) + KEPT
    assert bench.send_object(kept) == 200
    assert bench.objects.names() == [kept.name]
    assert bench.now(attempt) == attempt


def test_without_a_choice_in_force_when_the_attempt_was_made_nothing_is_kept(
    bench: "Bench", assess: Callable[[], Attempt], choices: RecordingChoices
) -> None:
    assert assess().kept_until is None
    choices.allow("ann", bench.clock.now())
    assert assess().kept_until is None
    choices.allow("eve", bench.clock.now() + timedelta(minutes=1))
    assert assess().kept_until is None
    choices.withdraw("eve", bench.clock.now())
    assert assess().kept_until is None
    assert bench.objects.names() == []


def test_a_withdrawal_while_a_recording_is_assessed(
    bench: "Bench", assess: Callable[[], Attempt], choices: RecordingChoices
) -> None:
    choices.allow("eve", bench.clock.now())

    def withdraw(_: str) -> None:
        assert len(bench.objects.names()) == 2
        choices.withdraw("eve", bench.clock.now())
        choices.allow("eve", bench.clock.now())

    before_recording(bench, withdraw)
    assert assess().kept_until is None
    assert bench.objects.names() == []


def test_an_attempt_ended_while_its_recording_is_assessed(
    bench: "Bench", start: Callable[[str, str], None], choices: RecordingChoices
) -> None:
    start("audio_processing", "on_recording_uploaded")
    choices.allow("eve", bench.clock.now())

    def end(attempt_id: str) -> None:
        now = bench.clock.now()
        bench.attempts.update(attempt_id, lambda a: fail(a, "processing_timeout", now))

    before_recording(bench, end)
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    assert bench.send_object(info) == 200
    assert bench.now(attempt).status == "failed"
    assert bench.objects.names() == [info.name]
    assert len(bench.published("attempt-failed")) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("port", "method"),
    [
        ("_recordings", "copy"),
        ("_attempts", "update_by_choice"),
        ("_events", "publish"),
        ("_recordings", "delete"),
    ],
)
def test_what_a_killed_worker_left_is_finished(
    bench: "Bench",
    start: Callable[[str, str], None],
    choices: RecordingChoices,
    port: str,
    method: str,
    after: bool,
) -> None:
    start("audio_processing", "on_recording_uploaded")
    choices.allow("eve", bench.clock.now())
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    pipeline = sys.modules["main"]._pipeline()
    killed = Killed(getattr(pipeline, port), method, after=after)
    setattr(pipeline, port, killed)
    assert bench.send_object(info) == 500
    assert killed.happened
    bench.attempts.update(attempt.id, lambda a: replace(a, lease_until=None))
    assert bench.send_object(info) == 200
    done = bench.now(attempt)
    assert (done.status, done.kept_until is None) == ("analyzed", False)
    assert bench.objects.names() == [kept_name("eve", attempt.id)]
    assert bench.published("attempt-analyzed")


def test_a_copy_of_which_the_choice_was_withdrawn_after_a_kill(
    bench: "Bench", start: Callable[[str, str], None], choices: RecordingChoices
) -> None:
    start("audio_processing", "on_recording_uploaded")
    choices.allow("eve", bench.clock.now())
    attempt = bench.attempt(SENTENCE)
    info = bench.upload(attempt, SOUND)
    pipeline = sys.modules["main"]._pipeline()
    pipeline._recordings = Killed(pipeline._recordings, "copy", after=True)
    assert bench.send_object(info) == 500
    bench.attempts.update(attempt.id, lambda a: replace(a, lease_until=None))
    choices.withdraw("eve", bench.clock.now())
    assert bench.send_object(info) == 200
    assert bench.now(attempt).kept_until is None
    start("attempt_sweeper", "on_sweep_due")
    assert bench.send_message("attempt_sweeper", {}) == 200
    assert bench.objects.names() == []


def test_a_failed_recording_is_not_kept(
    bench: "Bench", start: Callable[[str, str], None], choices: RecordingChoices
) -> None:
    start("audio_processing", "on_recording_uploaded")
    choices.allow("eve", bench.clock.now())
    attempt = bench.attempt(SENTENCE)
    assert bench.send_object(bench.upload(attempt, b"hello")) == 200
    assert bench.now(attempt).status == "failed"
    assert bench.now(attempt).kept_until is None
    assert bench.objects.names() == []
