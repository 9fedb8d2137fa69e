"""What another service's refusals mean for whoever caused the call."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from shared.domain.errors import AppError, NotFound, Unavailable
from shared.domain.identity import Principal
from shared.runtime.service_client import ServiceClient


class Tokens:
    def issue(self, _: Principal, audience: str, __: timedelta) -> str:
        return f"for {audience}"


class Refusing(BaseHTTPRequestHandler):
    """Answers with the status the path names, as a problem."""

    def do_GET(self) -> None:
        body = json.dumps({"code": "course_not_found", "detail": "There is none."}).encode()
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, Unavailable, "service_unavailable"),
        (403, Unavailable, "service_unavailable"),
        (404, NotFound, "course_not_found"),
    ],
)
def test_a_user_is_not_told_to_sign_in_for_a_deployable(
    url: str, status: int, kind: type[AppError], code: str
) -> None:
    client = ServiceClient("course", url, Tokens(), caller="practice", timeout_s=10)
    with pytest.raises(kind) as caught:
        client.call("GET", f"/{status}")
    assert caught.value.code == code


class Echoing(BaseHTTPRequestHandler):
    """Answers with the headers it was sent."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers.items())).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Platform:
    def token(self, audience: str) -> str:
        return f"id token for {audience}"


def test_the_platforms_token_travels_beside_the_services_own() -> None:
    with HTTPServer(("127.0.0.1", 0), Echoing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        client = ServiceClient(
            "course", url, Tokens(), caller="practice", timeout_s=10, admission=Platform()
        )
        sent = client.call("GET", "/") or {}
        server.shutdown()
    assert sent["Authorization"] == "Bearer for course"
    assert sent["X-Serverless-Authorization"] == f"Bearer id token for {url}"
