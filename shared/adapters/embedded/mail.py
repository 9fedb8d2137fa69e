"""Mail kept in a folder, one .eml a message: where no mail server is configured."""

import os
from contextlib import suppress
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Final

from shared.adapters.mail_format import formatted
from shared.ports.clock import Clock
from shared.ports.mail import Message

KEPT: Final = timedelta(days=2)


class Outbox:
    """Files only their owner can read; their names sort by when the messages were made.

    Each message clears away those older than `KEPT`, when no link in them works any more.
    """

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        mail = formatted(message, self._sender, self._clock)
        temporary = self._folder / f".{message.id}.{self._clock.new_id()}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(mail.as_bytes(policy=policy.SMTPUTF8))
        temporary.rename(self._folder / f"{message.id}.eml")
        self._clear_away()

    def _clear_away(self) -> None:
        oldest = (self._clock.now() - KEPT).timestamp()
        for file in self._folder.iterdir():
            # Another process may be clearing away, too.
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < oldest:
                    file.unlink()
