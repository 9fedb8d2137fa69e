"""Features: there with every analysis, judged again to the same, and never without one."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.attempt import Attempt, fail
from shared.domain.documents import to_document
from shared.ports.objects import ObjectInfo
from shared.speech.features import Task
from shared.speech.judge import judge
from shared.speech.stored_features import unpack
from tests.fakes.killed import Killed
from tests.integration.functions.conftest import FIXTURES

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

SENTENCE = "He was not an ill disposed young man."
SOUND = (FIXTURES / "austen.wav").read_bytes()


@pytest.fixture(autouse=True)
def _started(start: Callable[[str, str], None]) -> None:
    start("audio_processing", "on_recording_uploaded")


@pytest.fixture
def uploaded(bench: "Bench") -> tuple[Attempt, ObjectInfo]:
    attempt = bench.attempt(SENTENCE)
    return attempt, bench.upload(attempt, SOUND)


def test_what_is_stored_is_judged_to_the_analysis_that_is_stored(
    bench: "Bench", uploaded: tuple[Attempt, ObjectInfo]
) -> None:
    attempt, info = uploaded
    assert bench.send_object(info) == 200
    stored = bench.features.read("eve", attempt.id)
    assert stored is not None
    again = judge(unpack(stored), Task("read_aloud", "en", SENTENCE))
    analysis = bench.now(attempt).analysis
    assert analysis is not None
    assert analysis.words[0].phones
    assert to_document(again) == to_document(analysis)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("port", "method"), [("_features", "save"), ("_attempts", "update_by_choice")]
)
def test_a_worker_killed_around_them(
    bench: "Bench",
    uploaded: tuple[Attempt, ObjectInfo],
    port: str,
    method: str,
    after: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempt, info = uploaded
    pipeline = sys.modules["main"]._pipeline()
    monkeypatch.setattr(pipeline, "_lease", pipeline._lease * 0)
    setattr(pipeline, port, Killed(getattr(pipeline, port), method, after=after))
    assert bench.send_object(info) == 500
    assert bench.send_object(info) == 200
    assert bench.now(attempt).status == "analyzed"
    assert bench.features.has("eve", attempt.id)
    assert bench.objects.names() == []


def test_an_attempt_that_ended_meanwhile_has_none(
    bench: "Bench", uploaded: tuple[Attempt, ObjectInfo]
) -> None:
    attempt, info = uploaded

    class Ending:
        def save(self, *written: Any) -> None:
            bench.features.save(*written)
            now = bench.clock.now()
            bench.attempts.update(attempt.id, lambda a: fail(a, "processing_timeout", now))

        def __getattr__(self, name: str) -> Any:
            return getattr(bench.features, name)

    sys.modules["main"]._pipeline()._features = Ending()
    assert bench.send_object(info) == 200
    assert bench.now(attempt).status == "failed"
    assert not bench.features.has("eve", attempt.id)


def test_a_recording_that_cannot_be_assessed_has_none(bench: "Bench") -> None:
    attempt = bench.attempt(SENTENCE)
    assert bench.send_object(bench.upload(attempt, b"hello")) == 200
    assert bench.now(attempt).status == "failed"
    assert not bench.features.has("eve", attempt.id)
