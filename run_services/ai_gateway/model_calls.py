"""A call of a language model, as a span and measurements.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/; neither question nor answer is
among them.
"""

import time
from collections.abc import Mapping
from typing import Final

from opentelemetry.trace import SpanKind

from shared.ports.language_model import LanguageModel, ModelAnswer, ModelRequest
from shared.runtime import metrics, tracing

# USD for a million input and a million output tokens.
Prices = Mapping[str, tuple[float, float]]
_MILLION: Final = 1_000_000
_OPERATION: Final = "generate_content"


def generate(model: LanguageModel, request: ModelRequest, prices: Prices) -> ModelAnswer:
    """The model's answer, with its time, tokens and cost recorded; raises what the model raises.

    A model without a price counts as free.
    """
    labels = {"gen_ai.operation.name": _OPERATION, "gen_ai.request.model": model.name}
    started = time.perf_counter()
    try:
        with tracing.span(f"{_OPERATION} {model.name}", labels, kind=SpanKind.CLIENT) as span:
            answer = model.generate(request)
            span.set_attribute("gen_ai.usage.input_tokens", answer.input_tokens)
            span.set_attribute("gen_ai.usage.output_tokens", answer.output_tokens)
    except Exception as error:
        failed = {**labels, "error.type": tracing.error_type(error)}
        metrics.MODEL_DURATION.record(time.perf_counter() - started, failed)
        raise
    metrics.MODEL_DURATION.record(time.perf_counter() - started, labels)
    if model.paid:
        _record_usage(model.name, answer, labels, prices)
    return answer


def _record_usage(
    name: str, answer: ModelAnswer, labels: Mapping[str, str], prices: Prices
) -> None:
    used = {"input": answer.input_tokens, "output": answer.output_tokens}
    for kind, tokens in used.items():
        metrics.MODEL_TOKENS.record(tokens, {**labels, "gen_ai.token.type": kind})
    for_input, for_output = prices.get(name, (0.0, 0.0))
    cost = (used["input"] * for_input + used["output"] * for_output) / _MILLION
    metrics.MODEL_COST.record(cost, {"gen_ai.request.model": name})
