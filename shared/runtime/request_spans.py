"""A span and a measurement around every request of a service.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/. Paths, queries and addresses stay
out: they hold accounts' ids and signatures. The route says which operation it was.
"""

import re
import time
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanKind

from shared.runtime import metrics, tracing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE = "rostrum.route"
HEALTH = re.compile(r"/(internal/)?v1/health(/\w+)?")
_CARRIER = {
    "traceparent": "HTTP_TRACEPARENT",
    "tracestate": "HTTP_TRACESTATE",
    tracing.GOOGLE_HEADER: "HTTP_X_CLOUD_TRACE_CONTEXT",
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SERVER_ERROR = 500


class RequestSpans:
    """WSGI middleware; the application tells the route's template in `environ[ROUTE]`.

    Health checks have ids, and are not recorded.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        method = method if method in _METHODS else "_OTHER"
        labels = {"http.request.method": method}
        status = _SERVER_ERROR

        def start(line: str, *rest: Any) -> Any:  # noqa: ANN401
            nonlocal status
            status = int(line[:3])
            return start_response(line, *rest)

        started = time.perf_counter()
        recorded = HEALTH.fullmatch(environ.get("PATH_INFO", "")) is None
        context = tracing.remote({name: environ.get(key) for name, key in _CARRIER.items()})
        with tracing.span(
            method,
            labels,
            kind=SpanKind.SERVER,
            context=context,
            recorded=recorded,
        ) as span:
            try:
                return self._application(environ, start)
            finally:
                if rule := environ.get(ROUTE):
                    labels["http.route"] = _template(rule)
                    span.update_name(f"{method} {labels['http.route']}")
                if status >= _SERVER_ERROR:
                    labels["error.type"] = str(status)
                    tracing.failed(span, str(status))
                span.set_attributes({**labels, "http.response.status_code": status})
                labels["http.response.status_code"] = str(status)
                if recorded:
                    metrics.REQUEST_DURATION.record(time.perf_counter() - started, labels)


@cache
def _template(rule: str) -> str:
    return re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule)
