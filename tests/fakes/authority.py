"""A throwaway certificate authority, and the server it lets speak for 127.0.0.1."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_DAY = timedelta(days=1)


class Authority:
    """Keeps what the `ssl` module wants as files in `folder`."""

    def __init__(self, name: str, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self._folder = folder / name
        self._folder.mkdir()
        own = self._builder(self._name, self._key.public_key(), _DAY)
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        self.certificate = own.add_extension(constraint, critical=True).sign(
            self._key, hashes.SHA256()
        )
        self.server_context = self._server_context()

    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, name: str, key: Any, lifetime: timedelta) -> x509.Certificate:
        """A certificate for that public key."""
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        return self._builder(subject, key, lifetime).sign(self._key, hashes.SHA256())

    def _server_context(self) -> ssl.SSLContext:
        """Of a server that takes only clients this authority has certified."""
        key = ec.generate_private_key(ec.SECP256R1())
        chain, trusted = self._folder / "server.pem", self._folder / "authority.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        issued = self.issue("server", key.public_key(), _DAY)
        chain.write_bytes(private + issued.public_bytes(serialization.Encoding.PEM))
        trusted.write_text(self.pem())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(trusted)
        return context

    def _builder(self, subject: x509.Name, key: Any, lifetime: timedelta) -> Any:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + lifetime)
        )
