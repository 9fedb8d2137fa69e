"""Feedback is what a model or the rubric wrote, and never missing."""

import json
import logging
from typing import Any

import pytest

from run_services.ai_gateway.calls import COLLECTION
from run_services.ai_gateway.tasks import FeedbackInputs
from run_services.ai_gateway.usecases import Written
from shared.domain.errors import Invalid, RateLimited, Unavailable, Unprocessable
from shared.domain.times import moment
from tests.fakes import analyses
from tests.fakes.clock import StillClock
from tests.fakes.documents import MemoryDocuments
from tests.fakes.language_model import ScriptedModel
from tests.fakes.reading_feedback import ANSWER, KEY

INPUTS = FeedbackInputs.model_validate(analyses.inputs(analyses.reading(omitted=[7])))


def record(documents: MemoryDocuments) -> dict[str, Any]:
    found = documents.get(COLLECTION, KEY)
    assert found is not None
    return found.data


def test_the_model_writes(gateway: Any, documents: MemoryDocuments) -> None:
    model = ScriptedModel(ANSWER, name="gemini-x")
    written = gateway(model).write_feedback(KEY, INPUTS)
    assert not written.replayed
    assert written.feedback == {"task": "feedback", "task_version": 1, "written_by": "gemini-x"} | (
        ANSWER
    )
    settled = record(documents)
    assert settled["status"] == "settled"
    assert settled["result"] == written.feedback
    assert (settled["model"], settled["input_tokens"], settled["output_tokens"]) == (
        "gemini-x",
        1200,
        300,
    )


def test_the_rubric_alone_is_no_fallback(gateway: Any) -> None:
    feedback = gateway().write_feedback(KEY, INPUTS).feedback
    assert feedback["written_by"] == "rubric"
    assert "fallback_reason" not in feedback


def test_a_repeat_gets_the_same_feedback_without_a_call(gateway: Any) -> None:
    model = ScriptedModel(ANSWER)
    first = gateway(model).write_feedback(KEY, INPUTS)
    again = gateway(model).write_feedback(KEY, INPUTS)
    assert again == Written(first.feedback, replayed=True)
    assert len(model.requests) == 1


def test_the_key_with_other_inputs_is_refused(gateway: Any) -> None:
    model = ScriptedModel(ANSWER)
    gateway(model).write_feedback(KEY, INPUTS)
    other = FeedbackInputs.model_validate(analyses.inputs(analyses.reading(omitted=[8])))
    with pytest.raises(Unprocessable) as caught:
        gateway(model).write_feedback(KEY, other)
    assert caught.value.code == "idempotency_key_reused"
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (RateLimited("quota", retry_after_s=9), "model_rate_limited"),
        (Unavailable("down"), "model_unavailable"),
        (Unavailable("late", code="model_timeout"), "model_timeout"),
        (Invalid("blocked", code="model_refused"), "model_refused"),
        (Invalid("cut", code="model_answer_invalid"), "model_answer_invalid"),
        ("not JSON", "model_answer_invalid"),
        (ANSWER | {"summary": ""}, "model_answer_invalid"),
        (ANSWER | {"strengths": [], "improvements": []}, "model_answer_invalid"),
    ],
)
def test_a_model_that_fails_is_replaced_and_asked_once(
    gateway: Any, outcome: Any, reason: str
) -> None:
    model = ScriptedModel(outcome)
    feedback = gateway(model).write_feedback(KEY, INPUTS).feedback
    assert feedback["written_by"] == "rubric"
    assert feedback["fallback_reason"] == reason
    assert feedback["improvements"][0]["evidence"] == [{"words": [7]}]
    assert gateway(model).write_feedback(KEY, INPUTS).replayed
    assert len(model.requests) == 1


def test_a_paid_answer_is_never_followed_by_a_second_paid_call(gateway: Any) -> None:
    first, second = ScriptedModel("not JSON"), ScriptedModel(ANSWER, name="second")
    feedback = gateway(first, second).write_feedback(KEY, INPUTS).feedback
    assert feedback["written_by"] == "rubric"
    assert second.requests == []


def test_an_answer_that_cannot_be_used_is_still_counted(
    gateway: Any, documents: MemoryDocuments
) -> None:
    gateway(ScriptedModel("not JSON")).write_feedback(KEY, INPUTS)
    settled = record(documents)
    assert (settled["model"], settled["input_tokens"], settled["output_tokens"]) == (
        "rubric",
        1200,
        300,
    )


def test_a_model_that_took_no_money_is_followed_by_the_next(gateway: Any) -> None:
    first, second = ScriptedModel(RateLimited("quota")), ScriptedModel(ANSWER, name="second")
    feedback = gateway(first, second).write_feedback(KEY, INPUTS).feedback
    assert (feedback["written_by"], feedback["fallback_reason"]) == ("second", "model_rate_limited")


def test_records_are_kept_thirty_days(
    gateway: Any, documents: MemoryDocuments, clock: StillClock
) -> None:
    model = ScriptedModel(ANSWER)
    gateway(model).write_feedback(KEY, INPUTS)
    assert moment(record(documents)["settled_at"]) == clock.now()
    clock.advance(30 * 86_400 - 1)
    assert gateway(model).write_feedback(KEY, INPUTS).replayed
    clock.advance(2)
    assert documents.get(COLLECTION, KEY) is None


def test_logs_hold_figures_and_no_words(gateway: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        gateway(ScriptedModel("wisdom is not JSON")).write_feedback(KEY, INPUTS)
    lines = json.dumps([vars(entry) for entry in caplog.records], default=str)
    assert "model_answer_invalid" in lines
    assert "wisdom" not in lines
    assert "left out" not in lines
