"""The client is one for all who name the same database, with the deployable's own identity."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.gcp.firestore import build_client


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    build_client.cache_clear()
    yield
    build_client.cache_clear()


@pytest.fixture
def identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    account = {
        "type": "service_account",
        "client_email": "practice@demo.iam.gserviceaccount.com",
        "private_key": key.decode(),
        "token_uri": "http://127.0.0.1:1/token",
    }
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))


def test_one_client_a_database() -> None:
    one = build_client("demo", "(default)", emulator_host="127.0.0.1:1")
    assert build_client("demo", "(default)", emulator_host="127.0.0.1:1") is one
    assert build_client("demo", "other", emulator_host="127.0.0.1:1") is not one
    assert one.name("attempts", "a") == "projects/demo/databases/(default)/documents/attempts/a"


@pytest.mark.usefixtures("identity")
def test_without_an_emulator_it_speaks_to_google_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    client = build_client("demo", "named")
    channel = client.api.transport.grpc_channel
    assert channel._channel.target().decode().endswith("firestore.googleapis.com:443")
    channel.close()
