"""A local IAM: signs JWTs and blobs for service accounts and publishes their keys, as Google does.

https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts
"""

import base64
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from google.oauth2.credentials import Credentials
from jwt.algorithms import RSAAlgorithm

from shared.adapters.gcp.iam_session import build_session
from tests.fakes.local_http import LocalHttp

_SIGN = re.compile(r"/v1/projects/-/serviceAccounts/([^/:]+):(signJwt|signBlob|generateIdToken)")
_KEYS = re.compile(r"/service_accounts/v1/jwk/([^/]+)")
_MAX_LIFETIME_S = 12 * 3600


class FakeIam(LocalHttp):
    """Accounts come into being when first asked for; each has a row of keys, the last one signs.

    `faults` are the statuses of the next answers (0: the connection is dropped); `requests` the
    paths asked for, in order.
    """

    def __init__(self, token: str = "ya29.fake") -> None:
        super().__init__()
        self.token = token
        self.faults: list[int] = []
        self.requests: list[str] = []
        self._keys: dict[str, list[tuple[str, rsa.RSAPrivateKey]]] = {}
        self._lock = threading.Lock()

    def session(self) -> requests.Session:
        """A session that IAM lets sign."""
        return build_session(Credentials(self.token))

    def rotate(self, account: str, *, forget: bool = False) -> str:
        """A new key signs from now on; the older ones stay published unless they are forgotten."""
        with self._lock:
            keys = [] if forget else self._keys.get(account, [])
            kid = f"{len(self.requests):08x}{time.monotonic_ns():024x}"
            self._keys[account] = [*keys, (kid, rsa.generate_private_key(65537, 2048))]
            return kid

    def signer(self, account: str) -> tuple[str, rsa.RSAPrivateKey]:
        """Id and private key the account signs with."""
        if account not in self._keys:
            self.rotate(account)
        return self._keys[account][-1]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        content = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.requests.append(handler.path)
        fault = self.faults.pop(0) if self.faults else None
        if fault == 0:
            handler.close_connection = True
            return
        if fault:
            status, body = fault, {"error": {"code": fault, "message": "scripted"}}
        elif handler.command == "GET":
            status, body = self._published(handler.path)
        else:
            status, body = self._signed(handler, content)
        answer = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def _published(self, path: str) -> tuple[int, dict[str, Any]]:
        if not (match := _KEYS.fullmatch(path)):
            return 404, {"error": {"code": 404}}
        self.signer(match[1])
        keys = [
            RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
            | {"kid": kid, "alg": "RS256", "use": "sig"}
            for kid, key in self._keys[match[1]]
        ]
        return 200, {"keys": keys}

    def _signed(
        self, handler: BaseHTTPRequestHandler, content: bytes
    ) -> tuple[int, dict[str, Any]]:
        if not (match := _SIGN.fullmatch(handler.path)):
            return 404, {"error": {"code": 404}}
        if handler.headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"error": {"code": 401}}
        kid, key = self.signer(match[1])
        if match[2] == "generateIdToken":
            now = int(time.time())
            identity = {"iss": "https://accounts.google.com", "email": match[1]}
            identity["aud"] = json.loads(content)["audience"]
            claims = {**identity, "iat": now, "exp": now + 3600}
            return 200, {"token": jwt.encode(claims, key, "RS256", {"kid": kid})}
        payload = json.loads(content)["payload"]
        if match[2] == "signBlob":
            signature = key.sign(base64.b64decode(payload), padding.PKCS1v15(), SHA256())
            return 200, {"keyId": kid, "signedBlob": base64.b64encode(signature).decode()}
        claims = json.loads(payload)
        lifetime = claims.setdefault("exp", int(time.time()) + 3600) - time.time()
        if type(claims["exp"]) is not int or not 0 <= lifetime <= _MAX_LIFETIME_S:
            return 400, {"error": {"code": 400}}
        return 200, {"keyId": kid, "signedJwt": jwt.encode(claims, key, "RS256", {"kid": kid})}
