"""Stands in for the services a function calls: reads find nothing, writes are noted, answered."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.local_http import LocalHttp


class Sink(LocalHttp):
    """`answer` is what it says to a write."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: dict[str, Any] = {}
        self._written = threading.Event()
        self._at = 0.0

    def forget(self) -> None:
        self._written.clear()

    def first_write(self, within_s: float) -> float:
        """When it came, on the monotonic clock. Raises `TimeoutError`."""
        if not self._written.wait(within_s):
            raise TimeoutError("nothing was written")
        return self._at

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        reads = handler.command == "GET"
        if not reads:
            self._note()
        body = json.dumps({} if reads else self.answer).encode()
        handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _note(self) -> None:
        if not self._written.is_set():
            self._at = time.monotonic()
            self._written.set()
