"""An erasure while workers are at a learner's attempts: they find them gone and leave nothing."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from run_services.practice.data_rights.usecases import DataRights
from shared import wiring
from shared.adapters.embedded.database import documents
from shared.domain.attempt import object_name
from shared.domain.feedback import Feedback
from shared.domain.times import timestamp
from tests.fakes import analyses
from tests.integration.functions.conftest import FIXTURES

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

SOUND = (FIXTURES / "austen.wav").read_bytes()
FEEDBACK = Feedback("feedback", 1, "rubric", "Well done.", (), ())


class Meddling:
    """Stands before a port; `meddle` runs ahead of the named method's `turn`th call."""

    def __init__(self, port: Any, method: str, meddle: Callable[[], None], turn: int = 1) -> None:
        self._port = port
        self._method = method
        self._meddle = meddle
        self._turn = turn

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            self._turn -= 1
            if self._turn == 0:
                self._meddle()
        return getattr(self._port, name)


@pytest.fixture
def erase(bench: "Bench") -> Callable[[], None]:
    keys = wiring.idempotency_keys(bench.settings)
    rights = DataRights(bench.attempts, bench.objects, bench.features, keys)
    choices = wiring.recording_choices(bench.settings)

    def erase() -> None:
        rights.erase("eve")
        # The auth service's part.
        choices.forget("eve")

    return erase


@pytest.fixture
def left(bench: "Bench", database: sa.Engine) -> Callable[[], list[str]]:
    """Everything stored that names the learner."""

    def left() -> list[str]:
        with database.connect() as connection:
            rows = connection.execute(sa.select(documents.c.id, documents.c.data))
            found = [json.dumps([row.id, row.data]) for row in rows]
        measured = [info.name for info in bench.features.of_user("eve")]
        return [text for text in found if "eve" in text] + bench.objects.names() + measured

    return left


@pytest.mark.parametrize(
    ("port", "method", "turn"),
    [
        ("_attempts", "update", 1),
        ("_recordings", "read", 1),
        ("_choices", "get", 1),
        ("_recordings", "copy", 1),
        ("_features", "save", 1),
        ("_attempts", "update_by_choice", 1),
        ("_events", "publish", 1),
        ("_recordings", "delete", 1),
    ],
)
def test_while_a_recording_is_assessed(
    bench: "Bench",
    start: Callable[[str, str], None],
    erase: Callable[[], None],
    left: Callable[[], list[str]],
    port: str,
    method: str,
    turn: int,
) -> None:
    start("audio_processing", "on_recording_uploaded")
    wiring.recording_choices(bench.settings).allow("eve", bench.clock.now())
    attempt = bench.attempt("He was not an ill disposed young man.")
    info = bench.upload(attempt, SOUND)
    pipeline = sys.modules["main"]._pipeline()
    setattr(pipeline, port, Meddling(getattr(pipeline, port), method, erase, turn))
    statuses = {bench.send_object(info) for _ in range(3)}
    assert 200 in statuses
    assert left() == []


def test_a_recording_that_comes_after_the_erasure(
    bench: "Bench",
    start: Callable[[str, str], None],
    erase: Callable[[], None],
    left: Callable[[], list[str]],
) -> None:
    start("audio_processing", "on_recording_uploaded")
    attempt = bench.attempt()
    erase()
    info = bench.upload(attempt, SOUND)
    assert bench.send_object(info) == 200
    assert left() == []


def test_a_retrys_copy_that_is_written_after_the_erasure(
    bench: "Bench",
    start: Callable[[str, str], None],
    erase: Callable[[], None],
    left: Callable[[], list[str]],
) -> None:
    start("audio_processing", "on_recording_uploaded")
    old, new = bench.attempt(), bench.attempt()
    bench.upload(old, SOUND)
    erase()
    copied = bench.objects.write(object_name("eve", new.id), SOUND, "audio/wav")
    assert bench.send_object(copied) == 200
    assert left() == []


def test_while_feedback_is_written(
    bench: "Bench",
    start: Callable[[str, str], None],
    erase: Callable[[], None],
    left: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROSTRUM_AI_GATEWAY_URL", "http://127.0.0.1:1")
    start("feedback_writer", "on_attempt_analyzed")
    attempt = bench.attempt(status="analyzed", analysis=analyses.reading())

    class SlowGateway:
        def write_feedback(self, *_: object) -> Feedback:
            erase()
            return FEEDBACK

    sys.modules["main"]._pipeline()._ai_gateway = SlowGateway()
    event = {"attempt_id": attempt.id, "user_id": "eve"}
    assert bench.send_message("feedback_writer", event) == 500
    assert bench.send_message("feedback_writer", event) == 200
    assert left() == []


def test_while_stale_attempts_are_ended(
    bench: "Bench",
    start: Callable[[str, str], None],
    erase: Callable[[], None],
    left: Callable[[], list[str]],
) -> None:
    start("attempt_sweeper", "on_sweep_due")
    long_ago = timestamp(bench.clock.now().replace(year=2020))
    bench.attempt(status="processing", updated_at=long_ago)
    pipeline = sys.modules["main"]._pipeline()
    pipeline._attempts = Meddling(bench.attempts, "update", erase)
    assert bench.send_message("attempt_sweeper", {}) == 200
    assert left() == []
