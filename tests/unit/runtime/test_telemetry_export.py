"""Spans reach the collector; one that is slow or away holds nothing up."""

import socket
import threading
import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.sampling import Decision
from requests import Session

from shared.runtime import metrics, telemetry, telemetry_export, tracing
from shared.runtime.telemetry_export import Collector, Export, sampler
from tests.fakes import telemetry as fakes

FLUSH_S = 0.3


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    telemetry.use(None, None)


def exporting(url: str, session: Session | None = None) -> Export:
    export = Export("practice", "p", 1.0, Collector(url, session, timeout_s=1.0, flush_s=FLUSH_S))
    telemetry.use(export.tracer, export.meter, export.flush)
    return export


def test_a_flush_sends_spans_and_the_end_measurements_too() -> None:
    session = Session()
    session.headers["Authorization"] = "Bearer given"
    with fakes.Collector() as collector:
        export = exporting(collector.url, session)
        with tracing.span("one"):
            metrics.ATTEMPTS_FINISHED.record(1)
        telemetry.flush()
        assert collector.spans == ["one"]
        assert collector.metrics == [], "not more often than Cloud Monitoring takes them"
        export.close()
        assert collector.metrics == ["rostrum.attempts.finished"]
    assert all(sent["authorization"] == "Bearer given" for sent in collector.headers)


def silent() -> tuple[socket.socket, str]:
    """A collector that takes connections and never answers."""
    server = socket.create_server(("127.0.0.1", 0))
    return server, f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_silent_collector_holds_up_one_event_briefly_and_the_next_not_at_all() -> None:
    server, url = silent()
    with server:
        exporting(url)
        waits = []
        for _ in range(3):
            with tracing.span("one"):
                pass
            started = time.monotonic()
            telemetry.flush()
            waits.append(time.monotonic() - started)
    assert FLUSH_S <= waits[0] < FLUSH_S + 1.0
    assert max(waits[1:]) < FLUSH_S


def test_work_goes_on_where_nobody_listens() -> None:
    exporting("http://127.0.0.1:9")
    for n in range(10_000):
        with tracing.span(str(n)):
            pass
    started = time.monotonic()
    telemetry.flush()
    assert time.monotonic() - started < FLUSH_S + 1.0


def test_it_sends_where_no_more_threads_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at the end of a process since Python 3.12, or on a machine that has no more."""
    begin, main = Thread.start, threading.current_thread()

    def start(thread: Thread) -> None:
        if threading.current_thread() is main:
            raise RuntimeError("can't start new thread")
        begin(thread)

    with fakes.Collector() as collector:
        export = exporting(collector.url)
        monkeypatch.setattr(Thread, "start", start)
        with tracing.span("event"):
            pass
        telemetry.flush()
        with tracing.span("last"):
            pass
        export.close()
        monkeypatch.undo()
        assert collector.spans == ["event", "last"]


def test_a_flush_that_fails_is_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    with fakes.Collector() as collector:
        export = exporting(collector.url)
        with monkeypatch.context() as patched:
            patched.setattr(export._spans, "force_flush", lambda: 1 / 0)
            telemetry.flush()
        with tracing.span("one"):
            pass
        telemetry.flush()
        assert collector.spans == ["one"]


def test_first_events_at_once_start_one_export(monkeypatch: pytest.MonkeyPatch) -> None:
    made, together = [], threading.Barrier(8)

    class Counted(Export):
        def __init__(self, *given: Any) -> None:
            made.append(self)
            super().__init__(*given)

    def first_event() -> None:
        together.wait()
        telemetry_export.start("practice", "p", 1.0, Collector("http://127.0.0.1:9"))

    monkeypatch.setattr(telemetry_export, "Export", Counted)
    monkeypatch.setattr(telemetry_export, "_started", [])
    monkeypatch.setattr(telemetry_export.atexit, "register", lambda _: None)
    threads = [Thread(target=first_event) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


@pytest.mark.parametrize(
    ("ratio", "flags", "sampled"),
    [
        (0.0, "01", True),
        (1.0, "00", True),
        (0.0, "00", False),
        (1.0, None, True),
        (0.0, None, False),
    ],
)
def test_a_sampling_caller_is_followed_and_otherwise_the_ratio_decides(
    ratio: float, flags: str | None, sampled: bool
) -> None:
    trace_id = "ab" * 16
    carrier = {"traceparent": f"00-{trace_id}-{'cd' * 8}-{flags}" if flags else None}
    result = sampler(ratio).should_sample(tracing.remote(carrier), int(trace_id, 16), "x")
    assert (result.decision is Decision.RECORD_AND_SAMPLE) is sampled


def test_one_ratio_decides_alike_in_every_deployable() -> None:
    for last in range(200):
        trace_id = f"{last * 7919:032x}"
        decided = set()
        for flags in ("00", None):
            carrier = {"traceparent": f"00-{trace_id}-{'cd' * 8}-{flags}" if flags else None}
            result = sampler(0.5).should_sample(tracing.remote(carrier), int(trace_id, 16), "x")
            decided.add(result.decision)
        assert len(decided) == 1
    assert trace.get_current_span().get_span_context() == trace.INVALID_SPAN_CONTEXT
