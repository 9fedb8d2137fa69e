"""Kept recordings go when their time is over or the choice is withdrawn, and none too early."""

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared import wiring
from shared.domain.attempt import Attempt, kept_name
from shared.domain.times import moment, timestamp
from shared.ports.objects import ObjectInfo
from shared.repositories.recording_choices import RecordingChoices

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

SOUND = b"sound"
KEPT = timedelta(days=90)


@pytest.fixture
def choices(bench: "Bench") -> RecordingChoices:
    return wiring.recording_choices(bench.settings)


@pytest.fixture
def kept(bench: "Bench") -> Callable[..., Attempt]:
    """An attempt with a kept recording."""

    def kept(user: str = "eve", until: timedelta = KEPT) -> Attempt:
        kept_until = timestamp(bench.clock.now() + until)
        attempt = bench.attempt(user_id=user, status="completed", kept_until=kept_until)
        bench.objects.write(kept_name(user, attempt.id), SOUND, "audio/wav")
        return attempt

    return kept


@pytest.fixture
def sweep(bench: "Bench", start: Callable[[str, str], None]) -> Callable[[], None]:
    start("attempt_sweeper", "on_sweep_due")

    def sweep() -> None:
        assert bench.send_message("attempt_sweeper", {}) == 200

    return sweep


def test_a_recording_goes_when_its_time_is_over(
    bench: "Bench", kept: Callable[..., Attempt], sweep: Callable[[], None]
) -> None:
    over, lasting = kept(until=timedelta(seconds=-1)), kept()
    sweep()
    assert bench.objects.names() == [kept_name("eve", lasting.id)]
    assert bench.now(over).kept_until is None
    assert bench.now(over).status == "completed"
    assert bench.now(lasting) == lasting


def test_a_sweeper_killed_half_way_is_made_good(
    bench: "Bench", kept: Callable[..., Attempt], sweep: Callable[[], None]
) -> None:
    over = kept(until=timedelta(seconds=-1))
    bench.objects.delete(kept_name("eve", over.id))
    sweep()
    assert bench.now(over).kept_until is None


def test_a_withdrawal_removes_what_was_kept_and_no_more(
    bench: "Bench",
    kept: Callable[..., Attempt],
    sweep: Callable[[], None],
    choices: RecordingChoices,
) -> None:
    before, others = kept(), kept("ann")
    deleted = kept()
    bench.attempts.delete(deleted.id)
    choices.withdraw("eve", bench.clock.now() + timedelta(milliseconds=5))
    choices.allow("eve", bench.clock.now() + timedelta(milliseconds=10))
    late = timestamp(bench.clock.now() + timedelta(milliseconds=20))
    again = bench.attempt(status="completed", created_at=late, kept_until=others.kept_until)
    bench.objects.write(kept_name("eve", again.id), SOUND, "audio/wav")
    while bench.clock.now() < moment(late):
        pass
    sweep()
    assert bench.objects.names() == [kept_name("ann", others.id), kept_name("eve", again.id)]
    assert bench.now(before).kept_until is None
    assert bench.now(again) == again
    assert choices.get("eve").withdrawn_at is None
    assert choices.get("eve").keep


def test_what_is_kept_anew_while_a_withdrawal_is_swept_stays(
    bench: "Bench",
    kept: Callable[..., Attempt],
    sweep: Callable[[], None],
    choices: RecordingChoices,
) -> None:
    choices.withdraw("eve", bench.clock.now())
    anew: list[Attempt] = []

    class Recordings:
        def __getattr__(self, name: str) -> Any:
            return getattr(bench.objects, name)

        def under(self, prefix: str) -> list[ObjectInfo]:
            choices.allow("eve", bench.clock.now())
            anew.append(kept())
            return bench.objects.under(prefix)

    sys.modules["main"]._pipeline()._retention._recordings = Recordings()
    sweep()
    assert bench.objects.names() == [kept_name("eve", anew[0].id)]
    assert bench.now(anew[0]) == anew[0]


def test_a_copy_left_by_a_killed_worker_goes_with_its_stale_attempt(
    bench: "Bench", sweep: Callable[[], None]
) -> None:
    long_ago = timestamp(bench.clock.now() - timedelta(minutes=16))
    stale = bench.attempt(status="processing", updated_at=long_ago)
    bench.objects.write(kept_name("eve", stale.id), SOUND, "audio/wav")
    sweep()
    assert bench.now(stale).status == "failed"
    assert bench.objects.names() == []


def test_one_attempt_that_cannot_be_read_holds_up_no_other(
    bench: "Bench", kept: Callable[..., Attempt], sweep: Callable[[], None]
) -> None:
    documents = wiring.documents(bench.settings)
    unreadable = {"user_id": "ann", "kept_until": timestamp(bench.clock.now() - KEPT)}
    documents.create("attempts", "unreadable", unreadable)
    over = kept(until=timedelta(seconds=-1))
    sweep()
    assert bench.now(over).kept_until is None
    assert documents.get("attempts", "unreadable").data == unreadable
