"""Which Firebase ID tokens count: real signatures and times, which the emulator does not check."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials
from pydantic import ValidationError

from shared.adapters.gcp.firebase import FirebaseIdentities, build_client
from shared.domain.errors import AppError, Unauthenticated, Unavailable
from shared.runtime.settings import FirebaseSettings
from tests.fakes.firebase import ISSUER, PROJECT, FakeFirebase

GOOGLE = {"sign_in_provider": "google.com"}
USER = "01932f00-1111-7abc-8def-0123456789ab"
AUDIENCE = (
    "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"
)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeFirebase]:
    with FakeFirebase() as fake:
        yield fake


@pytest.fixture
def google(server: FakeFirebase) -> Iterator[FakeFirebase]:
    users = dict(server.users)
    yield server
    server.users, server.down = users, False


@pytest.fixture
def identities(google: FakeFirebase, monkeypatch: pytest.MonkeyPatch) -> FirebaseIdentities:
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST", raising=False)
    return google.identities()


def refusal(identities: FirebaseIdentities, token: str) -> AppError:
    with pytest.raises(AppError) as caught:
        identities.verify(token)
    return caught.value


def test_a_good_token_names_the_identity(google, identities) -> None:
    signed_in = int(time.time()) - 500
    found = identities.verify(google.token(auth_time=signed_in))
    assert (found.issuer, found.subject) == (ISSUER, "uid-1")
    assert (found.email, found.email_verified, found.name) == ("eve@example.com", True, "Eve")
    assert found.authenticated_at == datetime.fromtimestamp(signed_in, UTC)
    assert found.second_factor is False


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_only_true_says_that_the_address_is_verified(google, identities, verified) -> None:
    assert identities.verify(google.token(email_verified=verified)).email_verified is False


@pytest.mark.parametrize("factor", ["phone", "totp"])
def test_a_second_factor_at_firebase_is_told(google, identities, factor: str) -> None:
    token = google.token(firebase={**GOOGLE, "sign_in_second_factor": factor})
    assert identities.verify(token).second_factor is True


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 60},
        {"iat": int(time.time()) + 36_000},
        {"aud": "another-project"},
        {"iss": "https://securetoken.google.com/another-project"},
        {"sub": ""},
        {"sub": None},
        {"sub": "x" * 129},
        {"auth_time": None},
        {"firebase": None},
        {"firebase": {"sign_in_provider": "custom"}},
        {"kid": "unknown"},
        {"kid": ""},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_with_one_wrong_claim_is_refused(google, identities, claims: dict) -> None:
    error = refusal(identities, google.token(**claims))
    assert isinstance(error, Unauthenticated)
    assert error.code == "firebase_token_invalid"


def test_a_forged_signature_is_refused(google, identities) -> None:
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = google.token()
    head, body, signature = good.split(".")
    tampered = ".".join([head, body[:-4] + "AAAA", signature])
    forged = [google.token(key=forger), google.token(key="s" * 64, algorithm="HS256"), tampered]
    forged += [f"{head}.{body}.", "not.a.token", "nothing", " ", "é" * 10]
    for token in forged:
        assert refusal(identities, token).code == "firebase_token_invalid", token
    assert identities.verify(good).subject == "uid-1"


@pytest.mark.parametrize(
    "users",
    [
        {},
        {"uid-1": {"localId": "uid-1", "disabled": True}},
        {"uid-1": {"localId": "uid-1", "validSince": str(int(time.time()) + 36_000)}},
    ],
    ids=["deleted", "disabled", "revoked"],
)
def test_firebase_has_the_last_word_on_its_users(google, identities, users: dict) -> None:
    google.users = users
    assert refusal(identities, google.token()).code == "firebase_token_invalid"


def test_an_outage_is_no_refusal(google, identities) -> None:
    google.down = True
    error = refusal(identities, google.token())
    assert isinstance(error, Unavailable)
    assert error.code == "firebase_unavailable"


def test_a_custom_token_is_for_our_user_and_an_hour(google) -> None:
    account = {
        "client_email": "auth@demo-rostrum.iam.gserviceaccount.com",
        "private_key": pem(google.key),
        "token_uri": "http://127.0.0.1/token",
    }
    credential = service_account.Credentials.from_service_account_info(account)
    token = FirebaseIdentities(build_client(PROJECT, credential=credential)).custom_token(USER)
    claims = jwt.decode(token, google.key.public_key(), algorithms=["RS256"], audience=AUDIENCE)
    assert (claims["uid"], claims["iss"], claims["sub"]) == (USER, *[account["client_email"]] * 2)
    assert claims["exp"] - claims["iat"] == 3600


def test_a_custom_token_that_cannot_be_signed_is_an_outage() -> None:
    nobody = Credentials(token=None)
    client = build_client(PROJECT, signer="auth@demo-rostrum.test", credential=nobody)
    with pytest.raises(Unavailable) as caught:
        FirebaseIdentities(client).custom_token(USER)
    assert caught.value.code == "firebase_unavailable"


@pytest.mark.parametrize("operation", ["firebase", "firebase-token"])
def test_without_a_project_there_is_no_firebase(auth, problem, operation: str) -> None:
    auth.register("eve@example.com")
    token = auth.login("eve@example.com")["access_token"]
    body = {"id_token": "any"} if operation == "firebase" else {}
    answer = auth.post(operation, token, **body)
    assert problem(answer) == (404, "firebase_not_configured")


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_production_refuses_the_emulator(monkeypatch, environment: str, tmp_path: Path) -> None:
    settings = {"environment": environment, "allow_embedded": True, "token_keys": tmp_path}
    FirebaseSettings(**settings)
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:9099")
    with pytest.raises(ValidationError, match="FIREBASE_AUTH_EMULATOR_HOST"):
        FirebaseSettings(**settings)


def pem(key: rsa.RSAPrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
