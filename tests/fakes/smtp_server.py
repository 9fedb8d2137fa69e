"""An SMTP server (RFC 5321) on this machine: TLS, STARTTLS, sign-in, and refusals on demand."""

import base64
import email
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "rostrum", "an smtp password"


@dataclass
class SmtpServer:
    """What it takes goes to `taken`; `refusals` are the answers to commands, as (code, text)."""

    port: int
    trusted: ssl.SSLContext
    taken: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    signed_in: list[bool] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)


@contextmanager
def served(folder: Path, security: str) -> Iterator[SmtpServer]:
    """A server that speaks TLS from the first byte (`tls`), on demand (`starttls`), or not."""
    certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=str(certificate))

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            encrypted = security == "tls"
            try:
                if encrypted:
                    self.request = context.wrap_socket(self.request, server_side=True)
                self._session(encrypted)
            except OSError:
                return

        def _session(self, encrypted: bool) -> None:
            lines = self.request.makefile("rb")
            self._say("220 ready")
            signed_in = False
            while line := lines.readline():
                command = line.decode().split()[0].upper()
                if command in state.refusals:
                    self._say(state.refusals[command])
                elif command == "EHLO":
                    offers = ["STARTTLS"] if security == "starttls" and not encrypted else []
                    said = ["localhost", *offers, "AUTH PLAIN", "SMTPUTF8"]
                    for word in said[:-1]:
                        self._say(f"250-{word}")
                    self._say(f"250 {said[-1]}")
                elif command == "STARTTLS":
                    self._say("220 go on")
                    self.request = context.wrap_socket(self.request, server_side=True)
                    lines, encrypted = self.request.makefile("rb"), True
                elif command == "AUTH":
                    given = base64.b64decode(line.split()[2])
                    signed_in = given == f"\0{USER}\0{PASSWORD}".encode()
                    self._say("235 welcome" if signed_in else "535 who?")
                elif command == "DATA":
                    self._say("354 go on")
                    text = iter(lines.readline, b".\r\n")
                    taken = b"".join(line.removeprefix(b".") for line in text)
                    state.taken.append(email.message_from_bytes(taken, policy=policy.default))
                    state.signed_in.append(signed_in)
                    state.encrypted.append(encrypted)
                    self._say("250 taken")
                elif command == "QUIT":
                    self._say("221 bye")
                    break
                else:
                    self._say("250 fine")
            lines.close()

        def _say(self, line: str) -> None:
            self.request.sendall(f"{line}\r\n".encode())

        def finish(self) -> None:
            self.request.close()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state = SmtpServer(server.server_address[1], trusted)
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def _certificate(folder: Path) -> Path:
    """A key and its self-signed certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "smtp.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return file
