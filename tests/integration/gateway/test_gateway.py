"""The gateway as a client and a service meet it: routes, limits, refusals, CORS, traces."""

import contextlib
import http.client
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.processes import free_port

ATTEMPTS = "/v1/attempts"
ATTEMPT = f"{ATTEMPTS}/01932f6e-8a4b-7c1d-9e2f-3a4b5c6d7e8f"
ORIGIN = "https://app.example"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
MB = 1024 * 1024


def preflight(origin: str, method: str) -> dict[str, str]:
    return {"Origin": origin, "Access-Control-Request-Method": method}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/attempts/",
        f"{ATTEMPT}/other",
        f"{ATTEMPT}/retry/x",
        "/v2/attempts",
        "/internal/v1/users/eve/data",
    ],
)
def test_an_unknown_path_is_404(call: Any, check_problem: Any, path: str) -> None:
    check_problem(call("GET", f"{path}?secret=1"), 404, "route_not_found", path)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", ATTEMPTS, {"GET", "POST"}),
        ("HEAD", ATTEMPTS, {"GET", "POST"}),
        ("PURGE", ATTEMPTS, {"GET", "POST"}),
        ("OPTIONS", ATTEMPTS, {"GET", "POST"}),
        ("PUT", ATTEMPT, {"GET", "DELETE"}),
        ("GET", f"{ATTEMPT}/retry", {"POST"}),
        ("POST", "/v1/health", {"GET"}),
    ],
)
def test_an_unknown_method_is_405(
    call: Any, check_problem: Any, method: str, path: str, allow: set[str]
) -> None:
    answer = call(method, path)
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(", ")) == allow
    if method != "HEAD":
        check_problem(answer, 405, "method_not_allowed", path)


def test_health_is_open_and_paths_and_queries_arrive_as_sent(
    call: Any, bearer: dict[str, str]
) -> None:
    assert call("GET", "/v1/health").json["path"] == "/v1/health"
    seen = call("GET", f"{ATTEMPTS}?limit=2&cursor=a%2Fb", bearer).json
    assert seen["path"] == f"{ATTEMPTS}?limit=2&cursor=a%2Fb"


def test_a_hundred_requests_in_a_row_are_answered(call: Any, bearer: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", call.port, timeout=10)
    with contextlib.closing(connection):
        for _ in range(100):
            connection.request("GET", ATTEMPT, headers=bearer)
            response = connection.getresponse()
            response.read()
            assert response.status == 200


def test_bodies_arrive_whole(call: Any, bearer: dict[str, str]) -> None:
    answer = call("POST", ATTEMPTS, bearer | {"Idempotency-Key": "k"}, b"x" * (2 * MB))
    assert answer.json["length"] == 2 * MB
    assert answer.json["headers"]["idempotency-key"] == "k"


def test_a_declared_body_over_32_mb_is_413(
    call: Any, bearer: dict[str, str], check_problem: Any
) -> None:
    declared = bearer | {"Content-Length": str(32 * MB + 1)}
    check_problem(call("POST", ATTEMPTS, declared), 413, "too_large", ATTEMPTS)


@pytest.mark.parametrize(("megabytes", "answer"), [(32, b"200 OK"), (33, b"413 Payload Too Large")])
def test_an_undeclared_body_over_32_mb_is_413(
    call: Any, bearer: dict[str, str], megabytes: int, answer: bytes
) -> None:
    chunk = b"%x\r\n" % MB + b"x" * MB + b"\r\n"
    with socket.create_connection(("127.0.0.1", call.port), timeout=10) as raw:
        lines = [f"POST {ATTEMPTS} HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"]
        lines += [f"{name}: {value}" for name, value in bearer.items()]
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        with contextlib.suppress(ConnectionError):
            for _ in range(megabytes):
                raw.sendall(chunk)
            raw.sendall(b"0\r\n\r\n")
        assert raw.recv(64).startswith(b"HTTP/1.1 " + answer)


def test_uploads_pass_as_they_come(call: Any, echo: Any) -> None:
    size = 40 * MB
    echo.first_bytes.clear()
    connection = http.client.HTTPConnection("127.0.0.1", call.port, timeout=10)
    with contextlib.closing(connection):
        connection.putrequest("PUT", "/storage/uploads/a?signature=s")
        connection.putheader("Content-Type", "audio/webm")
        connection.putheader("Content-Length", str(size))
        connection.endheaders(b"x" * MB)
        assert echo.first_bytes.wait(5), "nothing arrived before the upload was complete"
        for _ in range(39):
            connection.send(b"x" * MB)
        response = connection.getresponse()
        assert response.status == 200
        assert f'"length": {size}'.encode() in response.read()


def test_a_slow_backend_is_504(call: Any, bearer: dict[str, str], check_problem: Any) -> None:
    started = time.monotonic()
    answer = call("GET", ATTEMPT, bearer | {"Echo-Sleep-S": "3"})
    check_problem(answer, 504, "deadline_exceeded", ATTEMPT)
    assert 0.9 < time.monotonic() - started < 2.5


def test_a_backend_that_is_down_is_503(
    start_gateway: Callable[[int], Any], bearer: dict[str, str], check_problem: Any
) -> None:
    lonely = start_gateway(free_port())
    answer = lonely("GET", ATTEMPT, bearer)
    check_problem(answer, 503, "unavailable", ATTEMPT)
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("request_text", "status", "code"),
    [
        ("NONSENSE\r\n\r\n", 400, "bad_request"),
        ("GET /v1/attempts/a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_request"),
        ("GET /v1/health HTTP/1.0\r\n\r\n", 426, "http_version_not_supported"),
        (f"GET / HTTP/1.1\r\nHost: x\r\nX: {'a' * 61 * 1024}\r\n\r\n", 431, "headers_too_large"),
    ],
)
def test_what_cannot_be_read_is_a_problem_too(
    call: Any, request_text: str, status: int, code: str
) -> None:
    with socket.create_connection(("127.0.0.1", call.port), timeout=10) as raw:
        raw.sendall(request_text.encode())
        response = http.client.HTTPResponse(raw)
        with contextlib.closing(response):
            response.begin()
            assert response.status == status
            assert response.headers["Content-Type"] == "application/problem+json"
            assert f'"code":"{code}"'.encode() in response.read()


def test_a_path_is_normalised_before_it_is_routed(call: Any) -> None:
    assert call("GET", "/v1/health/../attempts").status == 401
    assert call("GET", "/v1/health/%2e%2e/attempts").status == 401


def test_a_preflight_from_our_pages_is_answered_here(call: Any) -> None:
    answer = call("OPTIONS", ATTEMPTS, preflight(ORIGIN, "POST"))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert set(answer.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "POST"}
    allowed = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert {"authorization", "content-type", "idempotency-key", "traceparent"} <= allowed
    assert answer.headers["Access-Control-Max-Age"] == "3600"
    storage = call("OPTIONS", "/storage/a", preflight(ORIGIN, "PUT"))
    assert (storage.status, storage.headers["Access-Control-Allow-Methods"]) == (200, "PUT")


@pytest.mark.parametrize("origin", ["https://evil.example", f"{ORIGIN}.evil.example", "null"])
def test_a_preflight_from_elsewhere_is_refused(call: Any, origin: str) -> None:
    answer = call("OPTIONS", ATTEMPTS, preflight(origin, "POST"))
    assert answer.status == 405
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_answers_and_refusals_are_readable_to_our_pages(call: Any, bearer: dict[str, str]) -> None:
    for headers, status in ((bearer, 200), ({}, 401)):
        answer = call("GET", ATTEMPT, headers | {"Origin": ORIGIN})
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert {"etag", "retry-after", "x-request-id"} <= exposed


def test_a_trace_is_continued_into_backend_and_refusal(call: Any, bearer: dict[str, str]) -> None:
    given = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01", "tracestate": "a=1"}
    seen = call("GET", ATTEMPT, bearer | given).json["headers"]
    assert (seen["traceparent"], seen["tracestate"]) == (given["traceparent"], "a=1")
    assert call("GET", ATTEMPT, given).json["trace_id"] == TRACE_ID


@pytest.mark.parametrize(
    "given",
    [
        "",
        "garbage",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE_ID.upper()}-00f067aa0ba902b7-01",
    ],
)
def test_a_trace_is_started_where_there_is_none(
    call: Any, bearer: dict[str, str], given: str
) -> None:
    answer = call("GET", ATTEMPT, bearer | {"traceparent": given, "tracestate": "a=1"})
    seen = answer.json["headers"]
    version, trace_id, span_id, flags = seen["traceparent"].split("-")
    assert (version, len(trace_id), len(span_id), flags) == ("00", 32, 16, "00")
    assert trace_id[16:] + trace_id[:16] == seen["x-request-id"].replace("-", "")
    assert answer.headers["X-Request-Id"] == seen["x-request-id"]
    assert "tracestate" not in seen


def test_the_api_reference_is_served(call: Any) -> None:
    page = call("GET", "/reference")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"createAttempt" in page.body
    document = call("GET", "/reference/openapi.json")
    assert document.headers["Content-Type"] == "application/json"
    assert document.json["openapi"] == "3.0.4"
