"""Logs: one JSON line an entry, in the form Cloud Logging reads.

https://cloud.google.com/logging/docs/structured-logging. Fields come in through `extra`; never
a token, a transcript, an audio URL or an e-mail address.
"""

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType

from opentelemetry.trace import format_span_id, format_trace_id

from shared.runtime import tracing

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_CHATTY = ("httpx", "httpcore", "faster_whisper", "urllib3", "google_genai")
# It quotes the headers that it cannot read: anybody's words, as often as they like.
_QUOTES_CALLERS = "opentelemetry.trace"
_SERVER = ("gunicorn.error", "gunicorn.access")
_log = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """An entry with the ids of the span it was written in, where there is one."""

    def __init__(self, service: str, project: str) -> None:
        super().__init__()
        self._service = service
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "message": record.getMessage(),
            "service": self._service,
        }
        span = tracing.current()
        if span.is_valid:
            trace = f"projects/{self._project}/traces/{format_trace_id(span.trace_id)}"
            entry["logging.googleapis.com/trace"] = trace
            entry["logging.googleapis.com/spanId"] = format_span_id(span.span_id)
            entry["logging.googleapis.com/trace_sampled"] = span.trace_flags.sampled
        entry |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        # In ASCII: there is text that UTF-8, and output that more than ASCII, cannot carry.
        return json.dumps(entry, default=str)


def configure(service: str, *, level: str, project: str) -> None:
    """Send all logs, the web server's and uncaught errors among them, to stdout as JSON.

    Called once, at the start of a deployable.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service, project))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel("WARNING")
    logging.getLogger(_QUOTES_CALLERS).setLevel("ERROR")
    for name in _SERVER:
        server = logging.getLogger(name)
        server.handlers[:] = []
        server.propagate = True
    # Whoever has put in another hook (a debugger, a test runner) keeps it.
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _uncaught_in_thread


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    _log.critical("uncaught error", exc_info=(kind, error, traceback))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        fault = (args.exc_type, args.exc_value, args.exc_traceback)
        _log.critical("uncaught error in a thread", exc_info=fault)
