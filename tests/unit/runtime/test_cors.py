"""Which pages may call, and what a preflight is told."""

from collections.abc import Callable

import pytest
from flask import Blueprint, Response, jsonify
from pydantic import ValidationError
from werkzeug.test import TestResponse

from shared.domain import errors
from shared.domain.identity import Principal
from shared.runtime import web
from shared.runtime.settings import WebSettings

ORIGIN = "https://app.example"
OTHER = "http://localhost:3000"
ASKED = "Access-Control-Request-Method"
Call = Callable[..., TestResponse]


class Nobody:
    """Knows no token."""

    def verify(self, token: str) -> Principal:
        raise errors.Unauthenticated("No.")


def client(*origins: str) -> Call:
    routes = Blueprint("x", __name__)

    @routes.get("/v1/things/<id>")
    @web.public
    def thing(id: str) -> Response:
        return jsonify(id)

    @routes.delete("/v1/things/<id>")
    def remove(id: str) -> Response:
        return jsonify(id)

    @routes.post("/v1/broken")
    @web.public
    def broken() -> Response:
        raise ZeroDivisionError

    app = web.app("x", Nobody(), Nobody(), routes, origins=origins)
    return app.test_client().open


def test_a_preflight_is_answered_without_a_token() -> None:
    answer = client(ORIGIN, OTHER)(
        "/v1/things/a", method="OPTIONS", headers={"Origin": OTHER, ASKED: "DELETE"}
    )
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == OTHER
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE, GET"
    assert answer.headers["Access-Control-Max-Age"] == "3600"
    assert answer.headers["Vary"] == "Origin"
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(allowed)
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/things/a", {"Origin": "https://evil.example", ASKED: "DELETE"}),
        ("/v1/things/a", {"Origin": f"{ORIGIN}.evil.example", ASKED: "DELETE"}),
        ("/v1/things/a", {"Origin": "null", ASKED: "DELETE"}),
        ("/v1/things/a", {ASKED: "DELETE"}),
        ("/v1/things/a", {"Origin": ORIGIN}),
        ("/v1/nowhere", {"Origin": ORIGIN, ASKED: "GET"}),
        ("/internal/v1/health/live", {"Origin": ORIGIN, ASKED: "GET"}),
    ],
)
def test_nothing_else_is_told_a_method(path: str, headers: dict[str, str]) -> None:
    answer = client(ORIGIN)(path, method="OPTIONS", headers=headers)
    assert "Access-Control-Allow-Methods" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/things/a", 200),
        ("DELETE", "/v1/things/a", 401),
        ("GET", "/v1/nowhere", 404),
        ("PUT", "/v1/things/a", 405),
        ("POST", "/v1/broken", 500),
    ],
)
def test_our_pages_read_answers_and_errors(method: str, path: str, status: int) -> None:
    answer = client(ORIGIN)(path, method=method, headers={"Origin": ORIGIN})
    assert answer.status_code == status
    assert answer.headers.getlist("Access-Control-Allow-Origin") == [ORIGIN]
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"etag", "location", "retry-after", "www-authenticate"} <= set(exposed)
    assert "Origin" in answer.headers.getlist("Vary")


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_others_answers_are_kept_apart(headers: dict[str, str]) -> None:
    answer = client(ORIGIN)("/v1/things/a", method="GET", headers=headers)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


def test_without_origins_nothing_is_said() -> None:
    answer = client()("/v1/things/a", method="GET", headers={"Origin": ORIGIN})
    assert "Vary" not in answer.headers
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("origin", ["*", "null", "https://app.example/", "app.example", ""])
def test_an_origin_is_exact(origin: str) -> None:
    with pytest.raises(ValidationError, match="is not like"):
        WebSettings(web_origins=(origin,))


def test_pages_in_production_come_by_tls() -> None:
    assert WebSettings(web_origins=(OTHER,)).web_origins == (OTHER,)
    with pytest.raises(ValidationError, match="https://"):
        WebSettings(environment="prod", engine="google", web_origins=(OTHER,))
