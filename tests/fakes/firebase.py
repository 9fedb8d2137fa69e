"""Google's side of Firebase Authentication: ID tokens with real signatures, certificates, users."""

import json
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.oauth2.credentials import Credentials

from shared.adapters.gcp.firebase import FirebaseIdentities, build_client
from tests.fakes.local_http import LocalHttp

PROJECT = "demo-rostrum"
ISSUER = f"https://securetoken.google.com/{PROJECT}"
_LOOKUP = f"/v1/projects/{PROJECT}/accounts:lookup"


class FakeFirebase(LocalHttp):
    """`users` are the accounts by uid, as accounts:lookup answers them; `down` fails every call."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, dict[str, Any]] = {"uid-1": {"localId": "uid-1"}}
        self.down = False
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def identities(self) -> FirebaseIdentities:
        """The adapter, pointed here: the SDK has no setting for that beside its emulator's."""
        client = build_client(PROJECT, credential=Credentials(token="fake"), timeout_s=2)
        client._token_verifier.id_token_verifier.cert_url = f"{self.url}/certs"
        client._user_manager.base_url = f"{self.url}/v1/projects/{PROJECT}"
        return FirebaseIdentities(client)

    def token(
        self, key: Any = None, algorithm: str = "RS256", kid: str = "kid-1", **claims: Any
    ) -> str:
        """An ID token of a Google sign-in a minute ago; a claim given as None is left out."""
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": PROJECT,
            "sub": "uid-1",
            "iat": now - 60,
            "exp": now + 3000,
            "auth_time": now - 60,
            "email": "eve@example.com",
            "email_verified": True,
            "name": "Eve",
            "firebase": {"sign_in_provider": "google.com", "identities": {}},
        }
        given = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        headers = {"kid": kid} if kid else {}
        return jwt.encode(given, key or self.key, algorithm=algorithm, headers=headers)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        asked = json.loads(handler.rfile.read(length) or b"{}")
        status = 500 if self.down else 200
        body: dict[str, Any] = {}
        if (handler.command, handler.path) == ("GET", "/certs"):
            body = {"kid-1": _certificate(self.key)}
        elif (handler.command, handler.path) == ("POST", _LOOKUP):
            body = {"users": [self.users[uid] for uid in asked["localId"] if uid in self.users]}
        else:
            status = 404
        payload = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)


def _certificate(key: rsa.RSAPrivateKey) -> str:
    """Self-signed, as Google publishes the keys of ID tokens."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "securetoken.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
