"""What a request leaves in a trace: its operation and how it ended, nothing of what it held."""

import pytest
from flask import Blueprint, Response

from shared.domain.errors import Unavailable
from shared.runtime import tracing, web
from shared.runtime.readiness import Readiness
from tests.fakes import telemetry

SECRET = "secret-words"


def client() -> "web.App":
    routes = Blueprint("x", __name__)

    @routes.get("/things/<path:name>")
    def thing(name: str) -> Response:
        if name == "away":
            raise Unavailable("away")
        if name == "bug":
            raise ZeroDivisionError(SECRET)
        return Response(tracing.trace_id())

    return web.public_app(
        "x", routes, max_body_bytes=10, ready=Readiness({"store": lambda: 1 / 0})
    ).test_client()


@pytest.mark.parametrize(
    ("method", "path", "name", "status", "error"),
    [
        ("GET", f"/things/{SECRET}?token={SECRET}", "GET /things/{name}", 200, None),
        ("GET", "/things/away", "GET /things/{name}", 503, "503"),
        ("GET", "/things/bug", "GET /things/{name}", 500, "500"),
        ("GET", f"/{SECRET}", "GET", 404, None),
        ("PUT", "/things/a", "PUT", 405, None),
        (SECRET.upper(), "/things/a", "_OTHER", 405, None),
    ],
)
def test_a_span_and_a_measurement_name_the_operation(
    method: str, path: str, name: str, status: int, error: str | None
) -> None:
    with telemetry.recorded() as kept:
        assert client().open(path, method=method).status_code == status
        [labels] = [dict(found) for found in kept.points("http.server.request.duration")]
    [span] = kept.spans
    assert span.name == name
    attributes = dict(span.attributes or {})
    assert attributes["http.response.status_code"] == status
    assert attributes.get("error.type") == error
    assert attributes | {"http.response.status_code": str(status)} == labels
    assert span.status.status_code.name == ("ERROR" if error else "UNSET")
    assert SECRET not in span.to_json().lower()


def test_health_checks_answer_with_a_trace_id_and_leave_no_span() -> None:
    with telemetry.recorded() as kept:
        web_client = client()
        for path in ("/v1/health", "/internal/v1/health/live"):
            assert web_client.get(path).json == {"status": "ok"}
        refused = web_client.get("/internal/v1/health/ready")
        assert (refused.status_code, refused.json["code"]) == (503, "not_ready")
        assert int(refused.json["trace_id"], 16) != 0
        assert kept.points("http.server.request.duration") == {}
    assert kept.spans == []
