"""The trace a request or event belongs to, with and without an exporter."""

import json
import logging

import pytest
from opentelemetry import trace

from shared.domain.errors import Unavailable
from shared.runtime import tracing
from shared.runtime.logs import JsonFormatter
from tests.fakes import telemetry

TRACE, SPAN = "ab" * 16, "cd" * 8
OTHER = "ef" * 16 + "/1;o=0"
GIVEN = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    ("carrier", "expected"),
    [
        ({"traceparent": GIVEN}, (TRACE, SPAN, True)),
        (
            {"traceparent": GIVEN, "x-cloud-trace-context": "ef" * 16 + "/1;o=0"},
            (TRACE, SPAN, True),
        ),
        ({"x-cloud-trace-context": f"{TRACE}/255;o=1"}, (TRACE, f"{255:016x}", True)),
        ({"x-cloud-trace-context": f"{TRACE}/255"}, (TRACE, f"{255:016x}", False)),
        ({"x-cloud-trace-context": TRACE}, (TRACE, TRACE[16:], False)),
        ({"traceparent": "garbage", "x-cloud-trace-context": "garbage"}, None),
        ({"traceparent": f"00-{'0' * 32}-{SPAN}-01"}, None),
        ({"traceparent": None}, None),
        ({}, None),
    ],
)
def test_the_callers_span_is_taken_from_what_it_sends(
    carrier: dict[str, str | None], expected: tuple[str, str, bool] | None
) -> None:
    found = trace.get_current_span(tracing.remote(carrier)).get_span_context()
    if expected is None:
        assert not found.is_valid
        return
    ids = (trace.format_trace_id(found.trace_id), trace.format_span_id(found.span_id))
    assert (*ids, found.trace_flags.sampled) == expected


def test_without_an_exporter_every_span_has_an_id_of_its_own() -> None:
    with tracing.span("a", context=tracing.remote({"traceparent": GIVEN})) as outer:
        first = tracing.traceparent()
        assert not outer.is_recording()
        with tracing.span("b"):
            second = tracing.traceparent()
        assert tracing.traceparent() == first
    assert [t.split("-")[1] for t in (first, second)] == [TRACE, TRACE]
    assert len({SPAN, first.split("-")[2], second.split("-")[2]}) == 3
    assert first.endswith("-01")
    assert tracing.traceparent() == ""


def test_flags_of_later_versions_are_not_handed_on() -> None:
    """https://www.w3.org/TR/trace-context/#other-flags."""
    later = f"01-{TRACE}-{SPAN}-ff-more"
    with tracing.span("a", context=tracing.remote({"traceparent": later})):
        assert tracing.traceparent().startswith(f"00-{TRACE}-")
        assert tracing.traceparent().endswith("-01")


@pytest.mark.parametrize(
    ("state", "sent"),
    [("a=1,b=2", "a=1,b=2"), (",".join(f"{key}={key * 250}" for key in "abc"), None)],
)
def test_a_callers_tracestate_is_handed_on_up_to_512_characters(
    state: str, sent: str | None
) -> None:
    with tracing.span("a", context=tracing.remote({"traceparent": GIVEN, "tracestate": state})):
        assert tracing.headers().get("tracestate") == sent
        assert tracing.traceparent().split("-")[1] == TRACE


def test_without_a_caller_a_new_trace_begins() -> None:
    ids = set()
    for _ in range(2):
        with tracing.span("a", context=tracing.remote({})):
            ids.add(tracing.trace_id())
    assert len(ids) == 2
    assert "0" * 32 not in ids


def test_an_errors_words_stay_out_of_the_span() -> None:
    with telemetry.recorded() as kept:
        with pytest.raises(Unavailable), tracing.span("a"):
            raise Unavailable("my secret words", code="recognizer_unavailable")
        with pytest.raises(ValueError, match="secret"), tracing.span("b"):
            raise ValueError("my secret words")
    assert [dict(span.attributes or {}) for span in kept.spans] == [
        {"error.type": "recognizer_unavailable"},
        {"error.type": "ValueError"},
    ]
    assert all(span.status.status_code.name == "ERROR" for span in kept.spans)
    assert "secret" not in "".join(span.to_json() for span in kept.spans)


def test_a_log_line_names_its_span_and_outside_of_all_none() -> None:
    formatter = JsonFormatter("practice", "p")
    record = logging.makeLogRecord({"msg": "hello", "levelname": "INFO"})
    assert not [name for name in json.loads(formatter.format(record)) if "trace" in name]
    with tracing.span("a", context=tracing.remote({"traceparent": GIVEN})):
        line = json.loads(formatter.format(record))
        span_id = tracing.traceparent().split("-")[2]
    assert line["logging.googleapis.com/trace"] == f"projects/p/traces/{TRACE}"
    assert line["logging.googleapis.com/spanId"] == span_id
    assert line["logging.googleapis.com/trace_sampled"] is True
