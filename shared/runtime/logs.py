"""Logs: one JSON line an entry, in the form Cloud Logging reads.

https://cloud.google.com/logging/docs/structured-logging. Fields come in through `extra`; never
a token, a transcript, an audio URL or an e-mail address.
"""

import json
import logging
import sys
from datetime import UTC, datetime

from shared.runtime import tracing

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _JsonFormatter(logging.Formatter):
    def __init__(self, service: str, project: str) -> None:
        super().__init__()
        self._service = service
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        trace_id, span_id = tracing.traceparent().split("-")[1:3]
        entry = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "message": record.getMessage(),
            "service": self._service,
            "logging.googleapis.com/trace": f"projects/{self._project}/traces/{trace_id}",
            "logging.googleapis.com/spanId": span_id,
        }
        entry |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=False)


def configure(service: str, *, level: str, project: str) -> None:
    """Send the root logger to stdout as JSON. Called once, in a deployable's `main.py`."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonFormatter(service, project))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "faster_whisper", "urllib3", "google_genai"):
        logging.getLogger(chatty).setLevel("WARNING")
