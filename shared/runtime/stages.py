"""A stage of the work on a recording: one span and one measurement."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import Span
from opentelemetry.util.types import Attributes

from shared.runtime import metrics, tracing


@contextmanager
def stage(name: str, attributes: Attributes = None) -> Iterator[Span]:
    """Around the block; `attributes` are the span's alone, for they may have many values."""
    labels = {"rostrum.stage": name}
    started = time.perf_counter()
    try:
        with tracing.span(name, attributes) as span:
            yield span
    except Exception as error:
        labels["error.type"] = tracing.error_type(error)
        raise
    finally:
        metrics.STAGE_DURATION.record(time.perf_counter() - started, labels)
