"""Pushes of the Pub/Sub emulator, handed on to the functions as Eventarc does."""

import json
import logging
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from local.emulators.eventarc.targets import Event, MalformedPushError, Target, event_for

_log = logging.getLogger(__name__)
_HANDLED_WITHIN_S = 540.0
"""What an event function may take: https://cloud.google.com/functions/docs/configuring/timeout."""
_QUEUED_FOR_S = 60.0
"""What is left of Pub/Sub's longest acknowledgement deadline, 600 s."""
_CONNECTED_WITHIN_S = 5.0


class Relay:
    """Delivers to each target no more events at once than it takes.

    The others wait their turn for `queued_for_s`, and are then refused with 429, as by Cloud Run
    (https://cloud.google.com/run/docs/about-instance-autoscaling), so that Pub/Sub brings them
    again later. Cloud Run lets them wait for 10 s; here, where one machine recognises slower
    than a fleet, a short queue would spend the tries of a burst of recordings.
    """

    def __init__(self, *, queued_for_s: float = _QUEUED_FOR_S) -> None:
        self._queued_for_s = queued_for_s
        self._targets: dict[str, tuple[Target, threading.Semaphore]] = {}
        # No connection is kept: one that the function closes just then would cost a try.
        self._client = httpx.Client(
            timeout=httpx.Timeout(_HANDLED_WITHIN_S, connect=_CONNECTED_WITHIN_S),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    def add(self, target: Target) -> None:
        """Deliver to this target, in the place of an earlier one of that name."""
        self._targets[target.name] = target, threading.Semaphore(target.max_in_flight)

    def deliver(self, name: str, push: Mapping[str, Any]) -> int:
        """Hand one push on; the HTTP status Pub/Sub is to see."""
        if name not in self._targets:
            return HTTPStatus.NOT_FOUND
        target, slots = self._targets[name]
        try:
            event = event_for(target, push)
        except MalformedPushError as error:
            _log.warning("push to %s is malformed: %s", name, error)
            return HTTPStatus.BAD_REQUEST
        if event is None:
            return HTTPStatus.NO_CONTENT
        if not slots.acquire(timeout=self._queued_for_s):
            return HTTPStatus.TOO_MANY_REQUESTS
        try:
            return self._post(target.url, event)
        finally:
            slots.release()

    def _post(self, url: str, event: Event) -> int:
        try:
            response = self._client.post(url, json=event.body, headers=dict(event.headers))
        except httpx.TimeoutException:
            return HTTPStatus.GATEWAY_TIMEOUT
        except httpx.HTTPError:
            return HTTPStatus.BAD_GATEWAY
        return response.status_code


class RelayServer(ThreadingHTTPServer):
    """Takes the pushes for function F at `/F`. Close it with `server_close`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, relay: Relay, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.relay = relay

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        _log.warning("a push ended early", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: RelayServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        name = self.path.strip("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            push = json.loads(body)
        except ValueError:
            push = None
        status = self.server.relay.deliver(name, push if isinstance(push, dict) else {})
        if status not in range(200, 300):
            _log.warning("%s answered %d", name, status)
        self.send_response(status)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Pushes that succeed are no news."""
