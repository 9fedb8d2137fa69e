"""Google's side of Firebase Authentication: ID tokens with real signatures, certificates, users."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.oauth2.credentials import Credentials

from shared.adapters.gcp.firebase import FirebaseIdentities, build_client

PROJECT = "demo-rostrum"
ISSUER = f"https://securetoken.google.com/{PROJECT}"


class FakeFirebase:
    """`users` are the accounts by uid, as accounts:lookup answers them; `down` fails every call."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {"uid-1": {"localId": "uid-1"}}
        self.down = False
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536

            def do_GET(self) -> None:
                fake._answer(self, {"kid-1": _certificate(fake.key)})

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                found = [fake.users[uid] for uid in asked["localId"] if uid in fake.users]
                fake._answer(self, {"users": found})

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def identities(self) -> FirebaseIdentities:
        """The adapter, pointed here: the SDK has no setting for that beside its emulator's."""
        url = f"http://127.0.0.1:{self._server.server_address[1]}"
        client = build_client(PROJECT, credential=Credentials(token="fake"), timeout_s=2)
        client._token_verifier.id_token_verifier.cert_url = f"{url}/certs"
        client._user_manager.base_url = f"{url}/v1/projects/{PROJECT}"
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

    def _answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        payload = json.dumps(body).encode()
        handler.send_response(500 if self.down else 200)
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
