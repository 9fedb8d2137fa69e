"""Messages as they travel: RFC 5322, plain text in UTF-8."""

from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from shared.ports.clock import Clock
from shared.ports.mail import Message


def formatted(message: Message, sender: str, clock: Clock) -> EmailMessage:
    """The message with its headers. Raises `ValueError` for line breaks in an address."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{message.id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    # RFC 3834: nobody's out-of-office note is to answer.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail
