"""A signing key is replaced under a running gateway: nobody with a good token is turned away."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from local.gateway.filters import RemoteJwks
from run_services.auth.keys import routes
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.adapters.embedded.signing_keys import (
    KEEP_AFTER_USE,
    PrivateKeys,
    create_keys,
    prune,
    rotate,
)
from shared.runtime import web
from tests.fakes.jwt_attacks import Signer

ATTEMPT = "/v1/attempts/01932f6e-8a4b-7c1d-9e2f-3a4b5c6d7e8f"
ISSUER = "rostrum-local"
HOUR = timedelta(hours=1)


class KeyServer:
    """The auth service's key route, counting how often it is asked; it can be made to fail."""

    def __init__(self, folder: Path) -> None:
        create_keys(folder)
        self.folder = folder
        self.failing = False
        self.asked = 0
        keys = LocalTokens(folder, ISSUER, "rostrum", SystemClock())
        self._app = web.public_app("auth", routes.blueprint(keys), max_body_bytes=1)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def signer(self, at: datetime) -> Signer:
        kid, key = PrivateKeys(self.folder).current(at)
        return Signer(key, kid, ISSUER)

    def wait_until_asked(self, times: int = 2) -> None:
        """Two more questions, so that an answer from now has reached the gateway."""
        wanted = self.asked + times
        deadline = time.monotonic() + 30
        while self.asked < wanted:
            assert time.monotonic() < deadline, "the gateway does not ask for the keys again"
            time.sleep(0.02)

    def _answer(self, environ: Any, start_response: Any) -> Any:
        self.asked += 1
        if self.failing:
            start_response("503 Service Unavailable", [])
            return [b""]
        return self._app(environ, start_response)


@pytest.fixture
def key_server(tmp_path: Path) -> Iterator[KeyServer]:
    server = KeyServer(tmp_path / "keys")
    yield server
    server.stop()


@pytest.fixture
def status(
    key_server: KeyServer, echo: Any, start_gateway: Callable[..., Any]
) -> Callable[[str], int]:
    """The gateway's answer to a token; it fetches the keys every second, not every 5 minutes."""
    jwks = RemoteJwks("auth", cache_s=1)
    call = start_gateway(echo.server_port, jwks, ISSUER, auth=key_server.port)
    return lambda token: call("GET", ATTEMPT, {"Authorization": f"Bearer {token}"}).status


def test_the_first_request_is_answered(key_server: KeyServer, status: Callable[[str], int]) -> None:
    assert status(key_server.signer(datetime.now(UTC)).token()) == 200


def test_old_and_new_tokens_pass_through_a_rotation(
    key_server: KeyServer, status: Callable[[str], int]
) -> None:
    now = datetime.now(UTC)
    before = key_server.signer(now).token()
    assert status(before) == 200
    rotate(key_server.folder, now, publish_before_use=HOUR)
    after = key_server.signer(now + HOUR).token()
    key_server.wait_until_asked()
    assert status(before) == status(after) == 200
    assert status(key_server.signer(now).token()) == 200
    prune(key_server.folder, now + HOUR + KEEP_AFTER_USE)
    key_server.wait_until_asked()
    assert status(before) == 401
    assert status(after) == 200


def test_keys_that_cannot_be_fetched_again_stay(
    key_server: KeyServer, status: Callable[[str], int]
) -> None:
    token = key_server.signer(datetime.now(UTC)).token()
    assert status(token) == 200
    key_server.failing = True
    key_server.wait_until_asked(5)
    assert status(token) == 200


def test_a_gateway_that_started_first_takes_tokens_once_there_are_keys(
    key_server: KeyServer, echo: Any, start_gateway: Callable[..., Any]
) -> None:
    key_server.failing = True
    jwks = RemoteJwks("auth", cache_s=1)
    call = start_gateway(echo.server_port, jwks, ISSUER, auth=key_server.port)
    bearer = {"Authorization": f"Bearer {key_server.signer(datetime.now(UTC)).token()}"}
    assert call("GET", ATTEMPT, bearer).status in (401, 503)
    key_server.failing = False
    key_server.wait_until_asked()
    assert call("GET", ATTEMPT, bearer).status == 200
