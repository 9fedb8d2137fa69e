"""Trying again: a new attempt, with the recording taken over where it can be."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from werkzeug.test import TestResponse

from shared.adapters.embedded.clock import SystemClock
from shared.domain import attempt as machine
from shared.domain.attempt import Recording, object_name

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
NOW = SystemClock().now


def test_retry_of_an_unfinished_attempt(practice: "Practice", problem: Problem) -> None:
    path = f"/v1/attempts/{practice.create()['id']}/retry"
    assert problem(practice.call("POST", path)) == (409, "attempt_unfinished")


def test_retry_asks_for_a_new_recording(practice: "Practice") -> None:
    created = practice.create()
    practice.end(created["id"], "no_speech")
    path = f"/v1/attempts/{created['id']}/retry"
    again = practice.call("POST", path, json={"recording": {"content_type": "audio/mp4"}}).json
    assert again["retry_of"] == created["id"]
    assert again["prompt"] == created["prompt"]
    assert again["upload"]["headers"]["Content-Type"] == "audio/mp4"


def test_retry_after_our_failure_reuses_the_recording(practice: "Practice") -> None:
    created = practice.create()
    practice.upload(created)
    claim = Recording("audio/webm", 5, "1")
    practice.attempts.update(
        created["id"],
        lambda a: machine.start_processing(a, claim, NOW(), timedelta(seconds=1)),
    )
    practice.end(created["id"], "recognizer_unavailable")
    again = practice.call("POST", f"/v1/attempts/{created['id']}/retry").json
    assert "upload" not in again
    copied = practice.objects.stat(object_name("eve", again["id"]))
    assert copied is not None
    assert practice.objects.read(copied.name, copied.generation) == b"sound"


def test_a_retry_that_took_the_recording_over_can_be_retried(practice: "Practice") -> None:
    created = practice.create()
    practice.upload(created)
    practice.end(created["id"], "processing_timeout")
    again = practice.call("POST", f"/v1/attempts/{created['id']}/retry").json
    claim = Recording("audio/webm", 5, "1")
    practice.attempts.update(
        again["id"], lambda a: machine.start_processing(a, claim, NOW(), timedelta(seconds=1))
    )
    practice.end(again["id"], "no_speech")
    third = practice.call("POST", f"/v1/attempts/{again['id']}/retry")
    assert third.json["upload"]["headers"]["Content-Type"] == "audio/webm"
