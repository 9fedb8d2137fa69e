"""Spans and measurements to an OTLP collector: https://opentelemetry.io/docs/specs/otlp/#otlphttp.

Imported only where one is configured, for the SDK takes longer to load than the rest of this
package. A collector that is away costs spans, never an answer: see `Export.flush`.
"""

import atexit
import logging
import os
import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, TraceIdRatioBased

from shared.runtime import telemetry

if TYPE_CHECKING:
    import requests

_log = logging.getLogger(__name__)
_SCOPE: Final = "rostrum"
_SPANS_EVERY_S: Final = 2.0
# Cloud Monitoring refuses points of one series that come closer together.
_METRICS_AT_MOST_EVERY_S: Final = 10.0
_METRICS_EVERY_S: Final = 60.0
_AFTER_FAILURE_S: Final = 30.0
_MAX_QUEUE: Final = 4096
_MAX_BATCH: Final = 512


@dataclass(frozen=True, slots=True)
class Collector:
    """`endpoint` is its base URL; `session` adds credentials, where it asks for some.

    `timeout_s` bounds each request to it with its retries, `flush_s` what an event waits.
    """

    endpoint: str
    session: "requests.Session | None" = None
    timeout_s: float = 2.0
    flush_s: float = 1.0


def sampler(ratio: float) -> Sampler:
    """Follows a caller that samples; else that share of traces, told by the trace's id.

    So with one ratio everywhere a trace is kept whole or not at all, also below Google's front
    end, which passes nearly every request on as not sampled.
    """
    by_id = TraceIdRatioBased(ratio)
    return ParentBased(by_id, remote_parent_not_sampled=by_id)


class Export:
    """The providers of one process, sending in the background."""

    def __init__(self, service: str, project: str, ratio: float, collector: Collector) -> None:
        self._flush_s = collector.flush_s
        self._flushing = threading.Lock()
        self._next_metrics = time.monotonic() + _METRICS_AT_MOST_EVERY_S
        self._paused_until = 0.0
        resource = Resource(
            {
                "service.name": service,
                "service.namespace": "rostrum",
                "service.instance.id": str(uuid4()),
                "gcp.project_id": project,
                "process.pid": os.getpid(),
            }
        )
        base, session = collector.endpoint.rstrip("/"), collector.session
        timeout_s = collector.timeout_s
        spans = OTLPSpanExporter(f"{base}/v1/traces", session=session, timeout=timeout_s)
        points = OTLPMetricExporter(f"{base}/v1/metrics", session=session, timeout=timeout_s)
        self._spans = BatchSpanProcessor(
            spans, _MAX_QUEUE, _SPANS_EVERY_S * 1000, _MAX_BATCH, timeout_s * 1000
        )
        reader = PeriodicExportingMetricReader(points, _METRICS_EVERY_S * 1000, timeout_s * 1000)
        tracers = TracerProvider(sampler=sampler(ratio), resource=resource, shutdown_on_exit=False)
        tracers.add_span_processor(self._spans)
        self._meters = MeterProvider([reader], resource, shutdown_on_exit=False)
        self.tracer = tracers.get_tracer(_SCOPE)
        self.meter = self._meters.get_meter(_SCOPE)
        self._asked: SimpleQueue[tuple[bool, threading.Event]] = SimpleQueue()
        # Once and ahead: a process that ends starts none (since Python 3.12), and an event must
        # not fail because there are no more to be had.
        threading.Thread(target=self._send, name="telemetry-flush", daemon=True).start()

    def flush(self) -> None:
        """Send the spans that wait, and at most every ten seconds the measurements.

        Returns within `flush_s`. After a collector took longer, or another thread is at it, it
        returns at once: the background sends, or drops, the rest.
        """
        if time.monotonic() < self._paused_until or not self._flushing.acquire(blocking=False):
            return
        with_metrics = time.monotonic() >= self._next_metrics
        if with_metrics:
            self._next_metrics = time.monotonic() + _METRICS_AT_MOST_EVERY_S
        self._bounded(with_metrics=with_metrics)

    def close(self) -> None:
        """Send everything, within twice `flush_s`: at the end of the process."""
        if self._flushing.acquire(timeout=self._flush_s):
            self._bounded(with_metrics=True)

    def _bounded(self, *, with_metrics: bool) -> None:
        # In another thread, for the SDK's own bounds on flushing do not hold.
        sent = threading.Event()
        self._asked.put((with_metrics, sent))
        if not sent.wait(self._flush_s):
            self._paused_until = time.monotonic() + _AFTER_FAILURE_S
            _log.warning("the collector is slow; spans may be lost")

    def _send(self) -> None:
        while True:
            with_metrics, sent = self._asked.get()
            try:
                self._spans.force_flush()
                if with_metrics:
                    self._meters.force_flush()
            except Exception as error:  # noqa: BLE001
                _log.warning("telemetry not sent: %s", type(error).__name__)
            finally:
                self._flushing.release()
                sent.set()


_started: list[Export] = []
_starting = threading.Lock()


def start(service: str, project: str, ratio: float, collector: Collector) -> None:
    """Export from this process, until it ends. A second call changes nothing."""
    with _starting:
        if _started:
            return
        export = Export(service, project, ratio, collector)
        _started.append(export)
    telemetry.use(export.tracer, export.meter, export.flush)
    atexit.register(export.close)
