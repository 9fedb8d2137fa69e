"""Spans, and the trace they belong to: W3C Trace Context over HTTP headers and event attributes.

https://www.w3.org/TR/trace-context/, names after OpenTelemetry's semantic conventions. Without
an exporter nothing is recorded and the SDK stays unloaded, but every span has its ids all the
same: logs, answers and outgoing calls carry them.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from shared.domain.errors import AppError

TRACEPARENT = "traceparent"
_TRACESTATE = "tracestate"
GOOGLE_HEADER = "x-cloud-trace-context"
_GOOGLE = re.compile(r"([0-9a-f]{32})(?:/([0-9]{1,20}))?(?:;o=([01]))?")
_LARGEST_SPAN_ID = 2**64 - 1
# What everybody has to carry of it; Pub/Sub takes no attribute over 1,024 bytes.
_MAX_TRACESTATE = 512
_propagator = TraceContextTextMapPropagator()


class StartsSpans(Protocol):
    """What is asked of a tracer."""

    def start_span(
        self, name: str, context: Context | None, kind: SpanKind, attributes: Attributes, /
    ) -> Span: ...


class _IdsOnly:
    """Spans that are never recorded and yet have ids of their own."""

    def start_span(self, _: str, context: Context | None, __: SpanKind, ___: Attributes, /) -> Span:
        parent = trace.get_current_span(context).get_span_context()
        ours = SpanContext(
            parent.trace_id if parent.is_valid else secrets.randbits(128) or 1,
            secrets.randbits(64) or 1,
            is_remote=False,
            trace_flags=TraceFlags(parent.trace_flags & TraceFlags.SAMPLED),
            trace_state=parent.trace_state,
        )
        return trace.NonRecordingSpan(ours)


_ids_only = _IdsOnly()
_tracer: StartsSpans = _ids_only


def use(tracer: StartsSpans | None) -> None:
    """Have this tracer make all spans from here on; None: ids only."""
    global _tracer  # noqa: PLW0603
    _tracer = tracer or _ids_only


def remote(carrier: Mapping[str, str | None]) -> Context:
    """The caller's span, out of headers or attributes with names in lower case; or a new trace.

    `traceparent` counts before Google's older X-Cloud-Trace-Context
    (https://cloud.google.com/trace/docs/trace-context). A `tracestate` of over 512 characters
    is left out.
    """
    given = {name: value for name, value in carrier.items() if value}
    if len(given.get(_TRACESTATE, "")) > _MAX_TRACESTATE:
        del given[_TRACESTATE]
    context = _propagator.extract(given, Context())
    if not context and (google := given.get(GOOGLE_HEADER)):
        return _propagator.extract({TRACEPARENT: _from_google(google)}, Context())
    return context


@contextmanager
def span(
    name: str,
    attributes: Attributes = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    context: Context | None = None,
    recorded: bool = True,
) -> Iterator[Span]:
    """A span around the block, below the present one or (`context`) below a remote one.

    An exception ends it with an error named by code or class; its text, which may quote a
    learner, stays out.
    """
    tracer = _tracer if recorded else _ids_only
    ours = tracer.start_span(name, context, kind, attributes)
    try:
        with trace.use_span(
            ours, end_on_exit=False, record_exception=False, set_status_on_exception=False
        ):
            yield ours
    except BaseException as error:
        failed(ours, error_type(error))
        raise
    finally:
        ours.end()


def error_type(error: BaseException) -> str:
    """What `error.type` is: the code of our errors, the class of others."""
    return error.code if isinstance(error, AppError) else type(error).__qualname__


def failed(span: Span, error_type: str) -> None:
    """Mark the span as failed."""
    span.set_attribute("error.type", error_type)
    span.set_status(StatusCode.ERROR)


def headers() -> dict[str, str]:
    """The headers or attributes to send along with outgoing calls and events."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier


def traceparent() -> str:
    """The present span as `traceparent`, to continue from later; empty outside every span."""
    return headers().get(TRACEPARENT, "")


def current() -> SpanContext:
    """The ids of the present span; not `is_valid` outside every span."""
    return trace.get_current_span().get_span_context()


def trace_id() -> str:
    """32 hex digits: the same from recording to feedback; zeros outside every span."""
    return trace.format_trace_id(current().trace_id)


def _from_google(header: str) -> str:
    match = _GOOGLE.fullmatch(header)
    if match is None:
        return ""
    # Without a span id any will do: the caller's span is not to be found by it.
    span_id = int(match[2] or 0) or int(match[1][16:], 16)
    return f"00-{match[1]}-{min(span_id, _LARGEST_SPAN_ID):016x}-0{match[3] or 0}"
