"""Between the queue and the workers: a network that repeats, delays, reorders and loses answers."""

import heapq
import http.client
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_FORWARD_WITHIN_S = 30.0
_REPEATERS = 4
_UNAVAILABLE = 503


@dataclass(frozen=True)
class Weather:
    """Shares of deliveries, and the longest delays in seconds."""

    repeated: float = 0.3
    held_back: float = 0.1
    refused: float = 0.05
    unheard: float = 0.05
    held_back_s: float = 0.5
    repeated_within_s: float = 4.0


@dataclass
class Event:
    """One event of one subscription; `deliveries` reached a worker, whole or in part."""

    headers: Mapping[str, str]
    body: bytes
    tries: int = 0
    deliveries: int = 0


@dataclass
class Deliverer:
    """Takes the events of each worker on a port of its own (`ports`) and passes them on.

    The queue's own redeliveries come on top of what `weather` does. `unending` are workers whose
    events never cease.
    """

    workers: Mapping[str, int]
    seed: int
    weather: Weather
    unending: tuple[str, ...] = ()
    events: dict[tuple[str, str], Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Condition()
        self._repeats: list[tuple[float, str, str]] = []
        self._active = 0
        self._counted = 0
        self._last_active = time.monotonic()
        self._closed = False
        self._servers = {name: self._server(name) for name in self.workers}
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            for server in self._servers.values()
        ]
        self._threads += [threading.Thread(target=self._repeat) for _ in range(_REPEATERS)]

    @property
    def ports(self) -> dict[str, int]:
        return {name: server.server_address[1] for name, server in self._servers.items()}

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._closed = True
            self._lock.notify_all()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def idle_s(self) -> float:
        """For how long nothing has been delivered, the unending aside, or waits to be repeated."""
        with self._lock:
            waiting = any(worker not in self.unending for _, worker, _ in self._repeats)
            if self._active or waiting:
                return 0.0
            return time.monotonic() - self._last_active

    def counted(self) -> int:
        """How many events there have been, the unending aside."""
        with self._lock:
            return self._counted

    def repeat_late(self, share: float, chance: random.Random) -> int:
        """Deliver that share of all events once more, in any order; returns how many."""
        with self._lock:
            late = [key for key in sorted(self.events) if chance.random() < share]
            chance.shuffle(late)
            for number, key in enumerate(late):
                heapq.heappush(self._repeats, (number * 1e-6, *key))
            self._lock.notify_all()
        return len(late)

    def take(self, worker: str, event_id: str, headers: Mapping[str, str], body: bytes) -> int:
        """One delivery of the queue; the answer's status, 0 where none is to be heard."""
        with self._lock:
            event = self.events.setdefault((worker, event_id), Event(headers, body))
            event.tries += 1
            self._counted += event.tries == 1 and worker not in self.unending
            tries = event.tries
        chance = random.Random(f"{self.seed} {worker} {event_id} {tries}")  # noqa: S311
        weather = self.weather
        if tries == 1 and chance.random() < weather.repeated:
            # Half of them at the same time, the others when the first may long be done.
            after_s = chance.choice((0.0, chance.uniform(0, weather.repeated_within_s)))
            with self._lock:
                heapq.heappush(self._repeats, (time.monotonic() + after_s, worker, event_id))
                self._lock.notify()
        if chance.random() < weather.held_back:
            time.sleep(chance.uniform(0, weather.held_back_s))
        if chance.random() < weather.refused:
            return _UNAVAILABLE
        status = self._forward(worker, event)
        return 0 if chance.random() < weather.unheard else status

    def _repeat(self) -> None:
        while True:
            with self._lock:
                while not self._closed and (
                    not self._repeats or self._repeats[0][0] > time.monotonic()
                ):
                    self._lock.wait(0.05 if self._repeats else None)
                if self._closed:
                    return
                _, worker, event_id = heapq.heappop(self._repeats)
                event = self.events[worker, event_id]
            self._forward(worker, event)

    def _forward(self, worker: str, event: Event) -> int:
        """0 where the worker was killed over it."""
        counts = worker not in self.unending
        with self._lock:
            self._active += counts
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.workers[worker], timeout=_FORWARD_WITHIN_S
        )
        try:
            connection.request("POST", "/", event.body, dict(event.headers))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
            with self._lock:
                event.deliveries += 1
                self._active -= counts
                if counts:
                    self._last_active = time.monotonic()

    def _server(self, worker: str) -> ThreadingHTTPServer:
        deliverer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                passed_on = ("content-type", "traceparent")
                headers = {
                    name.lower(): value
                    for name, value in self.headers.items()
                    if name.lower().startswith("ce-") or name.lower() in passed_on
                }
                status = deliverer.take(worker, headers["ce-id"], headers, body)
                if not status:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:  # noqa: ANN401
                pass

        return _Server(("127.0.0.1", 0), Handler)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A queue that was killed has hung up."""
