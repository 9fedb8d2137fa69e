"""What a call of a model costs is counted, and a failed one by its code."""

import pytest

from run_services.ai_gateway.model_calls import generate
from shared.domain.errors import AppError, Unavailable
from shared.ports.language_model import ModelAnswer, ModelRequest
from tests.fakes import telemetry

REQUEST = ModelRequest("feedback", "Write.", {"transcript": "my secret words"}, {})
PRICES = {"dear": (0.3, 2.5)}


class Model:
    def __init__(self, name: str = "dear", *, paid: bool = True, error: AppError | None = None):
        self.name = name
        self.paid = paid
        self._error = error

    def generate(self, _: ModelRequest) -> ModelAnswer:
        if self._error:
            raise self._error
        return ModelAnswer("my secret words", self.name, 3500, 500)


def test_tokens_and_cost_of_a_paid_answer_are_counted() -> None:
    with telemetry.recorded() as kept:
        for _ in range(2):
            generate(Model(), REQUEST, PRICES)
        [(labels, cost)] = kept.points("rostrum.model.cost").items()
        assert dict(labels) == {"gen_ai.request.model": "dear"}
        assert cost == pytest.approx(2 * (3500 * 0.3 + 500 * 2.5) / 1e6)
        tokens = {
            dict(found)["gen_ai.token.type"]: value
            for found, value in kept.points("gen_ai.client.token.usage").items()
        }
    assert tokens == {"input": 7000, "output": 1000}
    assert {span.name for span in kept.spans} == {"generate_content dear"}
    assert dict(kept.spans[0].attributes or {})["gen_ai.usage.input_tokens"] == 3500
    assert "secret" not in kept.spans[0].to_json()


def test_the_rubric_writer_costs_nothing() -> None:
    with telemetry.recorded() as kept:
        generate(Model("rubric", paid=False), REQUEST, PRICES)
        assert kept.points("rostrum.model.cost") == {}


def test_a_failure_is_counted_by_its_code() -> None:
    with telemetry.recorded() as kept:
        with pytest.raises(Unavailable):
            generate(Model(error=Unavailable("x", code="model_timeout")), REQUEST, PRICES)
        [labels] = kept.points("gen_ai.client.operation.duration")
        assert dict(labels)["error.type"] == "model_timeout"
        assert kept.points("rostrum.model.cost") == {}
