"""Where spans and measurements go: nowhere but the log, until an exporter is put in."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.runtime import metrics, tracing

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter


def _nothing() -> None:
    """There is nothing to send."""


_flush: Callable[[], None] = _nothing


def use(
    tracer: tracing.StartsSpans | None,
    meter: "Meter | None",
    flush: Callable[[], None] = _nothing,
) -> None:
    """Send spans and measurements there from here on; None for both: nowhere again."""
    global _flush  # noqa: PLW0603
    tracing.use(tracer)
    metrics.use(meter)
    _flush = flush


def flush() -> None:
    """Send what waits, within a short bound: called where the processor may stop thereafter."""
    _flush()
