"""Spans and measurements kept in memory, through the real SDK; and a collector to send them to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.runtime import telemetry


@dataclass
class Recorded:
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def points(self, name: str) -> dict[frozenset[tuple[str, object]], float]:
        """The metric's values by attributes; of a histogram the sum."""
        data = self.reader.get_metrics_data()
        return {
            frozenset((point.attributes or {}).items()): getattr(
                point, "sum", getattr(point, "value", None)
            )
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        }


@contextmanager
def recorded() -> Iterator[Recorded]:
    """Everything of this process goes here meanwhile."""
    kept = Recorded()
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(kept.exporter))
    meters = MeterProvider([kept.reader], shutdown_on_exit=False)
    telemetry.use(tracers.get_tracer("test"), meters.get_meter("test"))
    yield kept
    telemetry.use(None, None)
    tracers.shutdown()
    meters.shutdown()


class Collector:
    """Takes OTLP over HTTP, each answer after `delay_s`."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.spans: list[str] = []
        self.metrics: list[str] = []
        self.headers: list[dict[str, str]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(delay_s)
                collector.take(self.path, body)
                collector.headers.append({k.lower(): v for k, v in self.headers.items()})
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.spans += [s.name for scope in resource.scope_spans for s in scope.spans]
        else:
            for group in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                self.metrics += [m.name for scope in group.scope_metrics for m in scope.metrics]

    def __enter__(self) -> "Collector":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
