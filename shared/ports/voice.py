"""A voice that reads text aloud."""

from dataclasses import dataclass
from typing import Final, Protocol

MAX_TEXT_BYTES: Final = 5000


@dataclass(frozen=True, slots=True)
class Speech:
    """One sound file, ready to be played by a browser."""

    data: bytes
    content_type: str


class Voice(Protocol):
    def speak(self, text: str, *, language: str) -> Speech:
        """`text` read aloud in `language` (BCP 47).

        The text is plain: marks such as `<` are read or passed over, never obeyed. The same text
        may sound different each time.

        Raises `Invalid` where there is nothing to say, or no voice for the language (code
        `language_not_spoken`), `TooLarge` over `MAX_TEXT_BYTES` of UTF-8, and `Unavailable` (code
        `voice_unavailable`) when the voice cannot answer.
        """
