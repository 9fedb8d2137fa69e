"""The metadata server of Cloud Run, as far as Google's credentials ask it.

https://cloud.google.com/run/docs/container-contract#metadata-server
"""

import json
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import urlsplit

from tests.fakes.local_http import LocalHttp

_ACCOUNT: Final = "/computeMetadata/v1/instance/service-accounts/"


class MetadataServer(LocalHttp):
    """Hands out `api_token`, and `login_token` for the scope of database logins alone."""

    def __init__(self, project: str, api_token: str, login_token: str) -> None:
        super().__init__()
        self._texts = {
            "/": "",
            "/computeMetadata/v1/project/project-id": project,
            "/computeMetadata/v1/universe/universe-domain": "googleapis.com",
        }
        self._tokens = (api_token, login_token)

    def environment(self) -> dict[str, str]:
        """How Google's libraries find it."""
        address = urlsplit(self.url).netloc
        return {"GCE_METADATA_HOST": address, "GCE_METADATA_IP": address}

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        kind, text = "application/text", self._texts.get(parts.path)
        if parts.path.startswith(_ACCOUNT) and parts.path.endswith("/token"):
            token = self._tokens["sqlservice.login" in parts.query]
            content = {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}
            kind, text = "application/json", json.dumps(content)
        elif parts.path.startswith(_ACCOUNT):
            content = {"email": "bench@demo-rostrum.iam", "scopes": [], "aliases": ["default"]}
            kind, text = "application/json", json.dumps(content)
        data = (text or "").encode()
        handler.send_response(404 if text is None else 200)
        handler.send_header("Metadata-Flavor", "Google")
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
