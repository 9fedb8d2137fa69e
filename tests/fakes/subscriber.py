"""An HTTP endpoint that gets events, and remembers them."""

import base64
import json
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Subscriber:
    """Answers as scripted: a status, or 200 after seconds (a float); 200 once that is over."""

    def __init__(self, script: Sequence[int | float] = ()) -> None:
        self.received: list[tuple[dict[str, str], dict]] = []
        self.script = list(script)
        self.in_flight = 0
        self.most_in_flight = 0
        self._counting = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def take(self, headers: dict[str, str], body: dict) -> int:
        with self._counting:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            step = self.script.pop(0) if self.script else 200
            self.received.append((headers, body))
        if isinstance(step, float):
            time.sleep(step)
        with self._counting:
            self.in_flight -= 1
        return step if isinstance(step, int) else 200

    def data(self) -> list[dict]:
        return [json.loads(base64.b64decode(b["message"]["data"])) for _, b in self.received]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def wait_for(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.01)


def _handler(subscriber: Subscriber) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(subscriber.take(headers, body))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
