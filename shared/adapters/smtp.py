"""Mail through an SMTP server (RFC 5321), over TLS from the first byte or by STARTTLS."""

import smtplib
import ssl
from dataclasses import dataclass
from typing import Literal

from shared.adapters.mail_format import formatted
from shared.domain.errors import Invalid, Unavailable
from shared.ports.clock import Clock
from shared.ports.mail import Message

Security = Literal["tls", "starttls", "none"]
_PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in; `trusted` replaces the system's certificate authorities."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""
    timeout_s: float = 20.0
    trusted: ssl.SSLContext | None = None


class SmtpMail:
    """A connection a message: mails are few, and no connection grows stale."""

    def __init__(self, server: SmtpServer, sender: str, clock: Clock) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock

    def send(self, message: Message) -> None:
        mail = formatted(message, self._sender, self._clock)
        try:
            with self._connection() as connection:
                connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _failure(*(code for code, _ in error.recipients.values())) from None
        except smtplib.SMTPAuthenticationError:
            # Our own configuration: another try may find it mended, the message is not to blame.
            raise _unavailable() from None
        except smtplib.SMTPNotSupportedError:
            raise _failure(550) from None
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            # The server's own words may quote the address.
            raise _unavailable() from None

    def _connection(self) -> smtplib.SMTP:
        server = self._server
        context = server.trusted or ssl.create_default_context()
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_s, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        try:
            if server.security == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _failure(*codes: int) -> Invalid | Unavailable:
    if all(code in _PERMANENT for code in codes):
        return Invalid("The mail server refuses this message.", code="mail_refused")
    return _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable("The mail server did not take the message.", code="mail_unavailable")
