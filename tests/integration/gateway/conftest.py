"""A real Envoy on the real contract, before a backend that answers what it received."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.gateway import contract, process, reference
from local.gateway.config import envoy_config
from local.gateway.filters import Jwks
from local.gateway.routing import Passthrough
from local.processes import Command, Processes, free_port

ISSUER = "https://issuer.example"
ORIGIN = "https://app.example"
DEADLINE_S = 1.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Tokens:
    """Issues what the gateway should accept."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def jwks(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "learner-1", "aud": "rostrum", "iat": now, "exp": now + 600}
        return {k: v for k, v in (claims | changes).items() if v is not None}

    def issue(self, headers: Mapping[str, Any] | None = None, **changes: Any) -> str:
        header = {"kid": "one", "typ": "at+jwt"} | dict(headers or {})
        return jwt.encode(self.claims(**changes), self.key, "RS256", header)


class Echo(BaseHTTPRequestHandler):
    """Answers method, path, headers and body size; `Echo-Sleep-S` makes it slow."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        length = sum(self._pieces())
        time.sleep(float(self.headers.get("Echo-Sleep-S", "0")))
        seen = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "length": length,
        }
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body)

    def _pieces(self) -> Iterator[int]:
        remaining = int(self.headers.get("Content-Length") or 0)
        while remaining:
            remaining -= (size := len(self.rfile.read(min(remaining, 65536))))
            self.server.first_bytes.set()  # type: ignore[attr-defined]
            yield size
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                yield len(self.rfile.read(size)) + len(self.rfile.readline()) - 2

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_: Any) -> None:
        """The test's output is for failures."""


class EchoServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)
        self.first_bytes = threading.Event()
        self.seen: list[str] = []

    def handle_error(self, *_: Any) -> None:
        """A gateway that gives up hangs up; that is what some tests are about."""


class Call:
    """One HTTP request on a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path)
            for name, value in headers.items() if isinstance(headers, Mapping) else headers:
                connection.putheader(name, value.encode("latin-1"))
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture(scope="session")
def echo() -> Iterator[EchoServer]:
    with EchoServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def start_gateway(
    tokens: Tokens, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Call]]:
    started: list[Processes] = []

    def start(
        backend_port: int, jwks: Jwks | None = None, issuer: str = ISSUER, **others: int
    ) -> Call:
        document = deepcopy(contract.load(Path("openapi/rostrum.yaml")))
        names = document["x-google-api-management"]["backends"]
        names["practice"]["deadline"] = DEADLINE_S
        backend = ("127.0.0.1", backend_port)
        port = free_port()
        config = envoy_config(
            document,
            listen_port=port,
            backends=dict.fromkeys([*names, "objects"], backend)
            | {name: ("127.0.0.1", port) for name, port in others.items()},
            jwks=tokens.jwks if jwks is None else jwks,
            issuer=issuer,
            passthroughs=[
                Passthrough("/storage/", "objects", 60.0, ("PUT",), frozenset({"content-type"}))
            ],
            pages=reference.pages(document),
            origins=[ORIGIN],
        )
        folder = tmp_path_factory.mktemp("gateway")
        command = process.command(process.write_config(config, folder))
        started.append(Processes(folder / "logs", folder / "pids"))
        started[-1].start(Command("gateway", command, port=port))
        return Call(port)

    yield start
    for processes in started:
        processes.stop()


@pytest.fixture(scope="session")
def call(echo: EchoServer, start_gateway: Callable[..., Call]) -> Call:
    return start_gateway(echo.server_port)


@pytest.fixture
def bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue()}"}


@pytest.fixture(scope="session")
def check_problem() -> Callable[..., dict[str, Any]]:
    """Asserts that an answer is a problem document, and answers it."""

    def check(answer: Answer, status: int, code: str, instance: str) -> dict[str, Any]:
        assert answer.status == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem: dict[str, Any] = answer.json
        assert len(problem.pop("trace_id")) == 32
        assert problem.pop("title")
        assert problem.pop("detail")
        assert problem == {
            "type": f"/problems/{code}",
            "status": status,
            "code": code,
            "instance": instance,
        }
        return answer.json

    return check
