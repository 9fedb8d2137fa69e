"""One event, handled: the only place that decides whether it is acknowledged.

Done, already done, or failed for good (and recorded): return, which acknowledges. Anything that
may go better later, or that nobody foresaw: raise, which has it delivered again and, after the
subscription's tries, kept as a dead letter.
"""

import base64
import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from opentelemetry.trace import SpanKind
from pydantic import TypeAdapter

from shared.domain.attempt import StaleTransition
from shared.domain.errors import AppError, AttemptFailed
from shared.runtime import event_origin, telemetry, tracing

if TYPE_CHECKING:
    from cloudevents.http import CloudEvent

E = TypeVar("E")
_log = logging.getLogger(__name__)
_PUBSUB_TYPE = "google.cloud.pubsub.topic.v1.messagePublished"


def run(
    event: "CloudEvent",
    kind: type[E],
    handle: Callable[[E], None],
    record_failure: Callable[[E, AttemptFailed], None] | None = None,
    *,
    trace_of: Callable[[E], str | None] | None = None,
) -> None:
    """Hand a CloudEvent's data, as `kind`, to `handle`; raises to have it delivered again.

    `handle` finds a repeat already done and changes nothing. `record_failure` writes down on
    the attempt that this event ends it. `trace_of` looks up the trace that an event which
    carries none belongs to.
    """
    data, attributes = _content(event)
    content = TypeAdapter(kind).validate_python(data)
    carrier: dict[str, str | None] = {**attributes}
    if trace_of is not None and tracing.TRACEPARENT not in carrier:
        carrier[tracing.TRACEPARENT] = _looked_up(trace_of, content)
    about = _about(event)
    name = f"process {about['messaging.destination.name']}"
    context = tracing.remote(carrier)
    try:
        with (
            event_origin.handling(attributes, event.get("time")),
            tracing.span(name, about, kind=SpanKind.CONSUMER, context=context),
        ):
            _handle(event, content, handle, record_failure)
    finally:
        # Outside events the processor may stand still.
        telemetry.flush()


def _handle(
    event: "CloudEvent",
    content: E,
    handle: Callable[[E], None],
    record_failure: Callable[[E, AttemptFailed], None] | None,
) -> None:
    fields = {"event_id": event["id"], "event_type": event["type"]}
    try:
        handle(content)
    except StaleTransition as error:
        _log.info("event already handled: %s", error.code, extra=fields)
    except AttemptFailed as error:
        if record_failure is None:
            raise
        _log.info("attempt failed: %s", error.code, extra=fields)
        record_failure(content, error)
    except AppError as error:
        _log.warning("event not handled: %s", error.code, extra=fields)
        raise
    else:
        _log.info("event handled", extra=fields)


def _looked_up(trace_of: Callable[[E], str | None], content: E) -> str | None:
    try:
        return trace_of(content)
    except AppError as error:
        _log.warning("trace not found: %s", error.code)
        return None


def _about(event: "CloudEvent") -> dict[str, str]:
    """https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/."""
    return {
        "messaging.system": "gcp_pubsub",
        "messaging.operation.type": "process",
        "messaging.destination.name": event["source"].rsplit("/", 1)[-1],
        "messaging.message.id": event["id"],
    }


def _content(event: "CloudEvent") -> tuple[dict[str, Any], Mapping[str, str]]:
    data: dict[str, Any] = event.get_data() or {}
    if event["type"] != _PUBSUB_TYPE:
        return data, {}
    message = data["message"]
    return json.loads(base64.b64decode(message["data"])), message.get("attributes") or {}
