"""One key, one paid call: whoever asks, and whoever is killed while asking."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from run_services.ai_gateway.calls import COLLECTION, PAID_LEASE, UNPAID_LEASE, CallInFlight
from run_services.ai_gateway.tasks import FeedbackInputs
from run_services.ai_gateway.usecases import Gateway, Written
from tests.fakes import analyses
from tests.fakes.clock import StillClock
from tests.fakes.documents import MemoryDocuments
from tests.fakes.language_model import ScriptedModel
from tests.fakes.reading_feedback import ANSWER, KEY

INPUTS = FeedbackInputs.model_validate(analyses.inputs(analyses.reading(omitted=[7])))
PAST_LEASE_S = PAID_LEASE.total_seconds() + 1


class Killed(BaseException):
    """The process ends here: nothing below it runs any more."""


def interrupt(gateway: Gateway) -> None:
    with pytest.raises(Killed):
        gateway.write_feedback(KEY, INPUTS)


def test_fifty_calls_at_once_pay_once(gateway: Any) -> None:
    model = ScriptedModel(ANSWER, takes_s=0.2)
    both = gateway(model)

    def call(_: int) -> Written | CallInFlight:
        try:
            written: Written = both.write_feedback(KEY, INPUTS)
        except CallInFlight as error:
            return error
        return written

    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(call, range(50)))
    written = [r for r in results if isinstance(r, Written)]
    assert len(model.requests) == 1
    assert [w.replayed for w in written].count(False) == 1
    assert all(r.retry_after_s for r in results if isinstance(r, CallInFlight))
    assert both.write_feedback(KEY, INPUTS).replayed


def test_while_a_call_is_made_others_are_told_to_come_back(gateway: Any, clock: StillClock) -> None:
    interrupt(gateway(ScriptedModel(Killed())))
    clock.advance(PAID_LEASE.total_seconds() - 2)
    with pytest.raises(CallInFlight) as caught:
        gateway(ScriptedModel(ANSWER)).write_feedback(KEY, INPUTS)
    assert caught.value.retryable
    assert caught.value.retry_after_s == pytest.approx(2)


def test_an_interrupted_paid_call_is_never_made_again(gateway: Any, clock: StillClock) -> None:
    interrupt(gateway(ScriptedModel(Killed())))
    clock.advance(PAST_LEASE_S)
    model, second = ScriptedModel(ANSWER), ScriptedModel(ANSWER)
    written = gateway(model, second).write_feedback(KEY, INPUTS)
    assert model.requests == second.requests == []
    assert written.feedback["written_by"] == "rubric"
    assert written.feedback["fallback_reason"] == "model_call_interrupted"
    assert gateway(model).write_feedback(KEY, INPUTS) == Written(written.feedback, replayed=True)


def test_an_interrupted_unpaid_call_is_made_again(gateway: Any, clock: StillClock) -> None:
    interrupt(gateway(ScriptedModel(Killed(), paid=False)))
    clock.advance(UNPAID_LEASE.total_seconds() + 1)
    model = ScriptedModel(ANSWER, paid=False, name="local")
    feedback = gateway(model).write_feedback(KEY, INPUTS).feedback
    assert len(model.requests) == 1
    assert (feedback["written_by"], feedback.get("fallback_reason")) == ("local", None)


def test_of_two_that_take_over_one_result_counts(gateway: Any, clock: StillClock) -> None:
    interrupt(gateway(ScriptedModel(Killed(), paid=False)))
    clock.advance(UNPAID_LEASE.total_seconds() + 1)
    with ThreadPoolExecutor(8) as pool:
        model = ScriptedModel(ANSWER, paid=False, takes_s=0.1)
        calls = [pool.submit(gateway(model).write_feedback, KEY, INPUTS) for _ in range(8)]
        failures = [call.exception() for call in calls]
    assert len(model.requests) == 1
    assert [f is None for f in failures].count(True) >= 1
    assert all(f is None or isinstance(f, CallInFlight) for f in failures)


def test_what_was_settled_meanwhile_counts(gateway: Any, clock: StillClock) -> None:
    late_model = ScriptedModel(ANSWER)
    late = gateway(late_model)
    generate = late_model.generate

    def overtaken(request: Any) -> Any:
        clock.advance(PAST_LEASE_S)
        gateway(ScriptedModel(ANSWER)).write_feedback(KEY, INPUTS)
        return generate(request)

    late_model.generate = overtaken
    written = late.write_feedback(KEY, INPUTS)
    assert written.replayed
    assert written.feedback["fallback_reason"] == "model_call_interrupted"


def test_an_erased_call_does_not_come_back(gateway: Any, documents: MemoryDocuments) -> None:
    model = ScriptedModel(ANSWER)
    generate = model.generate

    def erased(request: Any) -> Any:
        documents.delete(COLLECTION, KEY)
        return generate(request)

    model.generate = erased
    assert gateway(model).write_feedback(KEY, INPUTS).feedback["summary"] == ANSWER["summary"]
    assert documents.get(COLLECTION, KEY) is None
