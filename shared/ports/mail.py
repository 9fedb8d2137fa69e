"""Mail: a plain text to one address."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """`id` names the message for good: it becomes its Message-ID (RFC 5322 §3.6.4)."""

    id: str
    to: str
    subject: str
    text: str


class Mail(Protocol):
    def send(self, message: Message) -> None:
        """Hand the message over for delivery; one of the same `id` is the same message again.

        Raises `Unavailable` (code `mail_unavailable`) when it was not taken but may be later,
        `Invalid` (code `mail_refused`) when it never will be.
        """
