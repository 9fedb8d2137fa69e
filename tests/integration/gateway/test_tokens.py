"""Which tokens pass the gateway: one kind, and no other."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ATTEMPT = "/v1/attempts/01932f6e-8a4b-7c1d-9e2f-3a4b5c6d7e8f"
NOW = int(time.time())
STRANGER = rsa.generate_private_key(65537, 2048)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    return ".".join(
        [b64(json.dumps(header).encode()), b64(json.dumps(claims).encode()), b64(signature)]
    )


def tampered(tokens: Any) -> str:
    header, _, signature = tokens.issue().split(".")
    return f"{header}.{b64(json.dumps(tokens.claims(sub='learner-2')).encode())}.{signature}"


def public_key_as_secret(tokens: Any) -> str:
    pem = tokens.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # PyJWT refuses to make this forgery, so its HMAC is applied to the parts by hand.
    signed = parts({"alg": "HS256", "kid": "one"}, tokens.claims()).rsplit(".", 1)[0]
    algorithm = jwt.get_algorithm_by_name("HS256")
    return f"{signed}.{b64(algorithm.sign(signed.encode(), pem))}"


def embedded_key(tokens: Any) -> str:
    own = RSAAlgorithm.to_jwk(STRANGER.public_key(), as_dict=True)
    return jwt.encode(tokens.claims(), STRANGER, "RS256", {"kid": "one", "jwk": own})


FORGERIES: dict[str, Callable[[Any], str]] = {
    "garbage": lambda t: "garbage",
    "three empty parts": lambda t: "..",
    "no JSON": lambda t: "x.y.z",
    "unsigned, alg none": lambda t: parts({"alg": "none"}, t.claims()),
    "unsigned, alg None": lambda t: parts({"alg": "None", "kid": "one"}, t.claims()),
    "alg none with a signature": lambda t: parts({"alg": "none"}, t.claims(), b"signature"),
    "no alg": lambda t: parts({"kid": "one"}, t.claims(), b"signature"),
    "public key as HMAC secret": public_key_as_secret,
    "other key, our kid": lambda t: jwt.encode(t.claims(), STRANGER, "RS256", {"kid": "one"}),
    "other key, other kid": lambda t: jwt.encode(t.claims(), STRANGER, "RS256", {"kid": "two"}),
    "key in its own header": embedded_key,
    "other algorithm": lambda t: jwt.encode(t.claims(), t.key, "RS512", {"kid": "one"}),
    "path as kid": lambda t: t.issue({"kid": "../../dev/null"}),
    "claims changed": tampered,
    "signature cut off": lambda t: t.issue().rsplit(".", 1)[0] + ".",
    "signature shortened": lambda t: t.issue()[:-8],
    "two parts": lambda t: t.issue().rsplit(".", 1)[0],
    "expired": lambda t: t.issue(exp=NOW - 120),
    "never expires": lambda t: t.issue(exp=None),
    "not valid yet": lambda t: t.issue(nbf=NOW + 600),
    "other audience": lambda t: t.issue(aud="ai_gateway"),
    "no audience": lambda t: t.issue(aud=None),
    "other issuer": lambda t: t.issue(iss="https://other.example"),
    "no issuer": lambda t: t.issue(iss=None),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forgery_is_refused(
    call: Any, tokens: Any, check_problem: Any, forge: Callable[[Any], str]
) -> None:
    answer = call("GET", ATTEMPT, {"Authorization": f"Bearer {forge(tokens)}"})
    check_problem(answer, 401, "unauthenticated", ATTEMPT)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic bWU6bWU="}, {"Authorization": ""}]
)
def test_no_bearer_token_is_refused(call: Any, check_problem: Any, headers: dict[str, str]) -> None:
    problem = check_problem(call("GET", ATTEMPT, headers), 401, "unauthenticated", ATTEMPT)
    assert problem["detail"] == "The access token was not accepted: Jwt is missing."


def test_a_token_in_the_query_or_elsewhere_does_not_count(call: Any, tokens: Any) -> None:
    token = tokens.issue()
    assert call("GET", f"{ATTEMPT}?access_token={token}").status == 401
    assert call("GET", ATTEMPT, {"X-Forwarded-Authorization": f"Bearer {token}"}).status == 401


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
