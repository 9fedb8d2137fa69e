"""A Cloud SQL instance: its SQL Admin API, and a door of mutual TLS before a real PostgreSQL.

https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/connect. The door logs in to
PostgreSQL as the user named by the client, with the token in the client's certificate as the
password: a role's password is the token that may open it.
"""

import json
import socket
import ssl
import struct
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pg8000
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from google.auth.credentials import Credentials, Scoped
from pg8000.core import CoreConnection

from tests.fakes.authority import Authority
from tests.fakes.door import Door, exactly, pump

INSTANCE = "demo-rostrum:europe-west1:main"
_ADMIN = "/sql/v1beta4/projects/demo-rostrum/instances/main"
_TLS_WANTED = struct.pack("!i", 80877103)
API_TOKEN = "ya29.api"
LOGIN_TOKEN = "ya29.login"


class Account(Scoped, Credentials):
    """Credentials that become `login` once they are scoped down, and `API_TOKEN` before."""

    def __init__(self, login: str = LOGIN_TOKEN, api: str = API_TOKEN) -> None:
        super().__init__()
        self.login, self.api, self.lifetime = login, api, timedelta(hours=1)

    @property
    def requires_scopes(self) -> bool:
        return False

    def with_scopes(self, scopes: Any, default_scopes: Any = None) -> "Account":
        scoped = Account(self.login, self.login)
        scoped.lifetime = self.lifetime
        return scoped

    def refresh(self, request: object) -> None:
        self.token = self.api
        self.expiry = (datetime.now(UTC) + self.lifetime).replace(tzinfo=None)


class FakeCloudSql:
    """`requests` are the Admin API's, in order; `faults` its next statuses (0: no answer).

    The API tells of `announced` as the instance's authority. A `silent` door takes connections
    and says nothing.
    """

    def __init__(self, postgres_url: str, folder: Path, port: int = 0) -> None:
        self.requests: list[str] = []
        self.faults: list[int] = []
        self.lifetime = timedelta(hours=1)
        self.authority = Authority("instance", folder)
        self.announced = self.authority
        self.silent = False
        self._server_url = sa.make_url(postgres_url)
        self._tokens: dict[int, str] = {}
        self._done = threading.Event()
        self._admin = ThreadingHTTPServer(("127.0.0.1", 0), self._admin_handler())
        self._admin.daemon_threads = True
        self._threads = [threading.Thread(target=self._admin.serve_forever, args=(0.02,))]
        self._door: Door | None = None
        self.port = port
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._admin.server_address[1]}"

    def role(self, user: str, token: str, database: str = "postgres") -> None:
        """A user of the database, whom this token lets in."""
        engine = sa.create_engine(self._server_url, isolation_level="AUTOCOMMIT")
        quoted = engine.dialect.identifier_preparer.quote(user)
        with engine.connect() as connection:
            known = sa.text("SELECT count(*) FROM pg_roles WHERE rolname = :name")
            if not connection.execute(known, {"name": user}).scalar_one():
                connection.exec_driver_sql(f"CREATE ROLE {quoted} LOGIN PASSWORD '{token}'")
            connection.exec_driver_sql(f"GRANT CREATE ON DATABASE {database} TO {quoted}")
        engine.dispose()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._done.set()
        self._admin.shutdown()
        self._admin.server_close()
        self.shut()

    def open(self) -> None:
        """Listen, on the same port as before."""
        self._door = Door(("127.0.0.1", self.port), self._serve)
        self.port = self._door.server_address[1]
        threading.Thread(target=self._door.serve_forever, args=(0.02,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections, and break those there are."""
        if self._door is not None:
            self._door.shutdown()
            self._door.break_all()
            self._door.server_close()
            self._door = None

    def connections(self) -> int:
        """How many are open."""
        return len(self._door.open_ones) if self._door else 0

    def _admin_handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fake._answer(self, None)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                fake._answer(self, json.loads(self.rfile.read(length)))

            def log_message(self, *args: Any) -> None:
                pass

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler, body: dict[str, str] | None) -> None:
        self.requests.append(request.path.removeprefix(_ADMIN))
        fault = self.faults.pop(0) if self.faults else 200
        if fault == 0:
            self._done.wait()
            return
        status, content = fault, {"error": {"message": "fault"}}
        if request.headers["Authorization"] != f"Bearer {API_TOKEN}":
            status, content = 401, {"error": {"message": "who?"}}
        elif fault == 200 and body is None:
            content = self._settings()
        elif fault == 200:
            content = {"ephemeralCert": {"cert": self._certificate(body)}}
        answer = json.dumps(content).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        with suppress(OSError):  # the connector lets go of one call when the other fails
            request.wfile.write(answer)

    def _settings(self) -> dict[str, Any]:
        return {
            "region": "europe-west1",
            "databaseVersion": "POSTGRES_18",
            "serverCaCert": {"cert": self.announced.pem()},
            "ipAddresses": [{"type": "PRIVATE", "ipAddress": "127.0.0.1"}],
        }

    def _certificate(self, body: dict[str, str]) -> str:
        key = serialization.load_pem_public_key(body["public_key"].encode())
        certificate = self.authority.issue("client", key, self.lifetime)
        self._tokens[certificate.serial_number] = body["access_token"]
        return certificate.public_bytes(serialization.Encoding.PEM).decode()

    def _serve(self, plain: socket.socket) -> None:
        if self.silent:
            self._done.wait()
            return
        try:
            with self.authority.server_context.wrap_socket(plain, server_side=True) as client:
                token = self._tokens[int(client.getpeercert()["serialNumber"], 16)]
                self._pass_on(client, token)
        except OSError:
            return

    def _pass_on(self, client: ssl.SSLSocket, token: str) -> None:
        length = struct.unpack("!i", exactly(client, 4))[0]
        startup = exactly(client, length - 4)
        if startup == _TLS_WANTED:
            client.sendall(b"N")
            length = struct.unpack("!i", exactly(client, 4))[0]
            startup = exactly(client, length - 4)
        words = startup[4:].decode().split("\0")
        asked = dict(zip(words[::2], words[1::2], strict=False))
        options = {"options": asked["options"]} if "options" in asked else {}
        try:
            server = CoreConnection(
                asked["user"],
                host=self._server_url.host,
                port=self._server_url.port,
                database=asked["database"],
                password=token,
                startup_params=options,
            )
        except pg8000.Error as error:
            fields = {"S": "FATAL", "V": "FATAL", **(error.args[0] if error.args else {})}
            text = b"".join(f"{key}{value}\0".encode() for key, value in fields.items())
            client.sendall(_message(b"E", text + b"\0"))
            return
        statuses = [
            _message(b"S", f"{name}\0{value}\0".encode())
            for name, value in server.parameter_statuses.items()
        ]
        client.sendall(b"".join([_message(b"R", bytes(4)), *statuses, _message(b"Z", b"I")]))
        with server._sock, server._usock as there:
            for end in (client, there):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=pump, args=(there, client))
            back.start()
            pump(client, there)
            back.join()


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", len(content) + 4) + content
