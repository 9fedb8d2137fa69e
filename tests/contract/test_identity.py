"""What every token verifier must accept and refuse (RFC 8725, RFC 9068)."""

import base64
import json
import time
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens, create_keys
from shared.domain.errors import Unauthenticated
from shared.domain.identity import Principal

ISSUER, AUDIENCE = "rostrum-local", "rostrum"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    create_keys(folder)
    return folder


@pytest.fixture(scope="module")
def tokens(keys: Path) -> LocalTokens:
    return LocalTokens(keys, ISSUER, AUDIENCE, SystemClock())


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "user-1",
        "role": "learner",
        "iat": now,
        "exp": now + 600,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def signed(keys: Path, payload: dict[str, object], **headers: object) -> str:
    kid = json.loads((keys / "jwks.json").read_text())["keys"][0]["kid"]
    private = (keys / "token.pem").read_text()
    whole = {"kid": kid, "typ": "at+jwt", **headers}
    return jwt.encode(payload, private, algorithm="RS256", headers=whole)


def encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("role", ["learner", "teacher", "admin", "service"])
def test_an_issued_token_names_its_principal(tokens: LocalTokens, role: str) -> None:
    token = tokens.issue(Principal("user-1", role), AUDIENCE, HOUR)
    assert tokens.verify(token) == Principal("user-1", role)


@pytest.mark.parametrize("second_factor", [False, True])
def test_an_issued_token_names_the_session(tokens: LocalTokens, second_factor: bool) -> None:
    signed_in = Principal("user-1", "admin", "session-1", 1_790_000_000, second_factor)
    assert tokens.verify(tokens.issue(signed_in, AUDIENCE, HOUR)) == signed_in


def test_a_well_made_token_passes(keys: Path, tokens: LocalTokens) -> None:
    assert tokens.verify(signed(keys, claims())) == Principal("user-1", "learner")


def test_the_private_key_is_its_owners_alone(keys: Path) -> None:
    assert (keys / "token.pem").stat().st_mode & 0o077 == 0
    assert "d" not in json.loads((keys / "jwks.json").read_text())["keys"][0]


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "ai_gateway"},
        {"aud": ["other"]},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"role": None},
        {"role": "root"},
        {"role": ["admin"]},
        {"nbf": 32503680000},
        {"iat": 32503680000},
    ],
)
def test_wrong_claims_are_refused(
    keys: Path, tokens: LocalTokens, change: dict[str, object]
) -> None:
    with pytest.raises(Unauthenticated):
        tokens.verify(signed(keys, claims(**change)))


@pytest.mark.parametrize(
    "header", [{"typ": "JWT"}, {"typ": None}, {"kid": "other"}, {"kid": "../../etc/passwd"}]
)
def test_wrong_headers_are_refused(
    keys: Path, tokens: LocalTokens, header: dict[str, object]
) -> None:
    with pytest.raises(Unauthenticated):
        tokens.verify(signed(keys, claims(), **header))


def test_no_algorithm_and_other_algorithms_are_refused(keys: Path, tokens: LocalTokens) -> None:
    kid = json.loads((keys / "jwks.json").read_text())["keys"][0]["kid"]
    bodies = encoded(claims())
    for algorithm in ("none", "None", "NONE", "nOnE"):
        header = encoded({"alg": algorithm, "kid": kid, "typ": "at+jwt"})
        with pytest.raises(Unauthenticated):
            tokens.verify(f"{header}.{bodies}.")
    # The public key used as an HMAC secret.
    public = (keys / "jwks.json").read_text()
    confused = jwt.encode(
        claims(), public * 2, algorithm="HS256", headers={"kid": kid, "typ": "at+jwt"}
    )
    with pytest.raises(Unauthenticated):
        tokens.verify(confused)


def test_a_key_carried_in_the_token_is_not_trusted(keys: Path, tokens: LocalTokens) -> None:
    kid = json.loads((keys / "jwks.json").read_text())["keys"][0]["kid"]
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key()))
    for extra in ({"jwk": jwk}, {"jku": "http://127.0.0.1:1/jwks.json"}, {"x5u": "http://x"}):
        headers = {"kid": kid, "typ": "at+jwt", **extra}
        forged = jwt.encode(claims(), own, algorithm="RS256", headers=headers)
        with pytest.raises(Unauthenticated):
            tokens.verify(forged)


def test_a_changed_or_cut_token_is_refused(keys: Path, tokens: LocalTokens) -> None:
    header, body, signature = signed(keys, claims()).split(".")
    changed = encoded(claims(role="admin"))
    for token in (
        f"{header}.{changed}.{signature}",
        f"{header}.{body}.",
        f"{header}.{body}",
        f"{header}.{body}.{signature[:-8]}",
        f"{header}.{body}.{signature}.x",
        "",
        "x",
        "a.b.c",
        "ü.ü.ü",
        "A" * 100_000,
    ):
        with pytest.raises(Unauthenticated):
            tokens.verify(token)
