"""What every mail adapter owes its callers; SMTP goes to a real server on this machine."""

import email
import os
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from local.processes import free_port
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.mail import KEPT, Outbox
from shared.adapters.smtp import SmtpMail, SmtpServer
from shared.domain.errors import AppError, Invalid, Unavailable
from shared.ports.mail import Mail, Message
from tests.fakes import smtp_server

SENDER = "Rostrum <rostrum@example.com>"
MESSAGE = Message("0190-1", "eve@example.com", "Grüß Gott", "Hello,\n\n.\nhttps://x/?token=a=b\n")


@dataclass
class Post:
    mail: Mail
    received: Callable[[], list[EmailMessage]]


@pytest.fixture(params=["outbox", "none", "tls", "starttls"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    if request.param == "outbox":
        folder = tmp_path / "mail"
        yield Post(Outbox(folder, SENDER, SystemClock()), lambda: read(folder))
        return
    with smtp_server.served(tmp_path, request.param) as server:
        yield Post(over(server, request.param), lambda: server.taken)


def read(folder: Path) -> list[EmailMessage]:
    return [
        email.message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in sorted(folder.glob("*.eml"))
    ]


def over(server: smtp_server.SmtpServer, security: str, **changes: object) -> SmtpMail:
    usual = {
        "user": smtp_server.USER if security != "none" else "",
        "password": smtp_server.PASSWORD,
        "timeout_s": 5.0,
        "trusted": server.trusted,
    }
    address = SmtpServer("127.0.0.1", server.port, security, **{**usual, **changes})
    return SmtpMail(address, SENDER, SystemClock())


def test_a_message_arrives_whole(post: Post) -> None:
    post.mail.send(MESSAGE)
    (mail,) = post.received()
    assert mail["To"] == "eve@example.com"
    assert mail["From"] == SENDER
    assert mail["Subject"] == "Grüß Gott"
    assert mail["Message-ID"] == "<0190-1@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n").rstrip() == MESSAGE.text.rstrip()


def test_a_repeat_is_the_same_message(post: Post) -> None:
    post.mail.send(MESSAGE)
    post.mail.send(MESSAGE)
    assert {mail["Message-ID"] for mail in post.received()} == {"<0190-1@example.com>"}


def test_no_header_can_be_smuggled_in(post: Post) -> None:
    smuggled = Message("0190-2", "eve@example.com\r\nBcc: mallory@example.com", "x", "y")
    with pytest.raises(ValueError, match="linefeed"):
        post.mail.send(smuggled)
    assert post.received() == []


def test_the_outbox_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    for _ in range(2):
        Outbox(folder, SENDER, SystemClock()).send(MESSAGE)
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_is_encrypted_and_signed_in(tmp_path: Path, security: str) -> None:
    with smtp_server.served(tmp_path, security) as server:
        over(server, security).send(MESSAGE)
    assert (server.encrypted, server.signed_in) == ([True], [True])


@pytest.mark.parametrize(
    ("command", "answer", "kind", "code"),
    [
        ("RCPT", "550 no such user eve@example.com", Invalid, "mail_refused"),
        ("RCPT", "450 try later", Unavailable, "mail_unavailable"),
        ("MAIL", "421 busy", Unavailable, "mail_unavailable"),
        ("MAIL", "553 not that sender", Invalid, "mail_refused"),
        ("DATA", "554 no spam", Invalid, "mail_refused"),
        ("AUTH", "535 wrong password", Unavailable, "mail_unavailable"),
        ("STARTTLS", "454 not now", Unavailable, "mail_unavailable"),
    ],
)
def test_refusals(tmp_path: Path, command: str, answer: str, kind: type, code: str) -> None:
    with smtp_server.served(tmp_path, "starttls") as server:
        server.refusals[command] = answer
        with pytest.raises(AppError) as caught:
            over(server, "starttls").send(MESSAGE)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert "eve@" not in str(caught.value)
    assert server.taken == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_nobody_vouches_for_gets_nothing(tmp_path: Path, security: str) -> None:
    with smtp_server.served(tmp_path, security) as server, pytest.raises(Unavailable):
        over(server, security, trusted=ssl.create_default_context()).send(MESSAGE)
    assert server.taken == []


def test_a_server_without_encryption_gets_nothing(tmp_path: Path) -> None:
    with smtp_server.served(tmp_path, "none") as server, pytest.raises(AppError):
        over(server, "starttls").send(MESSAGE)
    assert server.taken == []


def test_a_server_that_is_away() -> None:
    address = SmtpServer("127.0.0.1", free_port(), "none", timeout_s=5.0)
    with pytest.raises(Unavailable) as caught:
        SmtpMail(address, SENDER, SystemClock()).send(MESSAGE)
    assert caught.value.code == "mail_unavailable"


def test_the_outbox_clears_away_what_is_old(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, SENDER, SystemClock())
    for name, age in [("old", KEPT + timedelta(hours=1)), ("young", KEPT - timedelta(hours=1))]:
        outbox.send(replace(MESSAGE, id=name))
        made = time.time() - age.total_seconds()
        os.utime(tmp_path / f"{name}.eml", (made, made))
    outbox.send(MESSAGE)
    assert {file.stem for file in tmp_path.iterdir()} == {"young", MESSAGE.id}
