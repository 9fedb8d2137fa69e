"""Stands in for the services a function calls: reads find nothing, writes are noted, answered."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Sink:
    """`answer` is what it says to a write."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self._written = threading.Event()
        self._at = 0.0
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                # Who called is killed as soon as it has written.
                with contextlib.suppress(ConnectionError):
                    super().handle()

            def do_GET(self) -> None:
                self._answer(b"{}")

            def do_POST(self) -> None:
                sink._note()
                self._answer(json.dumps(sink.answer).encode())

            do_DELETE = do_POST

            def _answer(self, body: bytes) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:  # noqa: ANN401
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def forget(self) -> None:
        self._written.clear()

    def first_write(self, within_s: float) -> float:
        """When it came, on the monotonic clock. Raises `TimeoutError`."""
        if not self._written.wait(within_s):
            raise TimeoutError("nothing was written")
        return self._at

    def _note(self) -> None:
        if not self._written.is_set():
            self._at = time.monotonic()
            self._written.set()
