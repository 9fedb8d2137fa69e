"""The metadata server of Cloud Run, as far as Google's credentials ask it.

https://cloud.google.com/run/docs/container-contract#metadata-server
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import urlsplit

_ACCOUNT: Final = "/computeMetadata/v1/instance/service-accounts/"


class MetadataServer:
    """Hands out `api_token`, and `login_token` for the scope of database logins alone."""

    def __init__(self, project: str, api_token: str, login_token: str) -> None:
        self._texts = {
            "/": "",
            "/computeMetadata/v1/project/project-id": project,
            "/computeMetadata/v1/universe/universe-domain": "googleapis.com",
        }
        self._tokens = (api_token, login_token)
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fake._answer(self)

            def log_message(self, *args: Any) -> None:  # noqa: ANN401
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def environment(self) -> dict[str, str]:
        """How Google's libraries find it."""
        address = f"127.0.0.1:{self._server.server_address[1]}"
        return {"GCE_METADATA_HOST": address, "GCE_METADATA_IP": address}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        kind, text = "application/text", self._texts.get(parts.path)
        if parts.path.startswith(_ACCOUNT) and parts.path.endswith("/token"):
            token = self._tokens["sqlservice.login" in parts.query]
            content = {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}
            kind, text = "application/json", json.dumps(content)
        elif parts.path.startswith(_ACCOUNT):
            content = {"email": "bench@demo-rostrum.iam", "scopes": [], "aliases": ["default"]}
            kind, text = "application/json", json.dumps(content)
        data = (text or "").encode()
        request.send_response(404 if text is None else 200)
        request.send_header("Metadata-Flavor", "Google")
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)
