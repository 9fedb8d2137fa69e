"""What the gateway asks of a request's token, and what it tells the service behind it."""

import base64
import json
from typing import Any

import jwt
import pytest

ATTEMPT = "/v1/attempts/01932f6e-8a4b-7c1d-9e2f-3a4b5c6d7e8f"


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic bWU6bWU="}, {"Authorization": ""}]
)
def test_no_bearer_token_is_refused(call: Any, check_problem: Any, headers: dict[str, str]) -> None:
    problem = check_problem(call("GET", ATTEMPT, headers), 401, "unauthenticated", ATTEMPT)
    assert problem["detail"] == "The access token was not accepted: Jwt is missing."


def test_a_token_elsewhere_does_not_count(call: Any, tokens: Any) -> None:
    forwarded = {"X-Forwarded-Authorization": f"Bearer {tokens.issue()}"}
    assert call("GET", ATTEMPT, forwarded).status == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/attempts"),
        ("GET", "/v1/attempts"),
        ("GET", ATTEMPT),
        ("DELETE", ATTEMPT),
        ("POST", f"{ATTEMPT}/retry"),
    ],
)
def test_every_secured_operation_asks_for_a_token(
    call: Any, bearer: dict[str, str], method: str, path: str
) -> None:
    assert call(method, path).status == 401
    assert call(method, path, bearer).json["path"] == path


def test_the_backend_gets_token_and_claims_as_google_sends_them(call: Any, tokens: Any) -> None:
    claims = tokens.claims(jti="é")
    token = jwt.encode(claims, tokens.key, "RS256", {"kid": "one", "typ": "at+jwt"})
    seen = call("GET", ATTEMPT, {"Authorization": f"Bearer {token}"}).json["headers"]
    assert seen["x-forwarded-authorization"] == f"Bearer {token}"
    assert "authorization" not in seen
    userinfo = seen["x-apigateway-api-userinfo"]
    assert json.loads(base64.urlsafe_b64decode(userinfo + "==")) == claims


@pytest.mark.parametrize("path", [ATTEMPT, "/v1/health", "/storage/object"])
def test_what_only_a_gateway_may_say_is_removed(
    call: Any, bearer: dict[str, str], path: str
) -> None:
    spoofed = {
        "X-Forwarded-Authorization": "Bearer spoofed",
        "X-Apigateway-Api-Userinfo": "spoofed",
        "X-Apigateway-Api-Consumer-Number": "spoofed",
        "X-Envoy-Upstream-Rq-Timeout-Ms": "1",
        "X-Request-Id": "spoofed",
    }
    answer = call("GET", path, (bearer if path == ATTEMPT else {}) | spoofed)
    assert answer.status == 200
    assert "spoofed" not in json.dumps(answer.json["headers"])
    assert "x-envoy-upstream-rq-timeout-ms" not in answer.json["headers"]
