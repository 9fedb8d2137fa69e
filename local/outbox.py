"""The mails of a stack without a mail server, as a person reads them."""

import email
from dataclasses import dataclass
from email import policy
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str


class Outbox:
    """Reads the folder that shared/adapters/embedded/mail.py writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()

    def letters(self, to: str) -> list[Letter]:
        """Those to an address, oldest first."""
        return [letter for letter in map(_read, self._files()) if letter.to == to]

    def fresh(self) -> list[Letter]:
        """Those that were not there at the last call."""
        files = [file for file in self._files() if file.name not in self._seen]
        self._seen.update(file.name for file in files)
        return [_read(file) for file in files]

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"))


def _read(file: Path) -> Letter:
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    return Letter(str(mail["To"]), str(mail["Subject"]), text)
