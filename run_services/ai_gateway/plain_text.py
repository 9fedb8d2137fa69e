"""Text from a model made safe to show: plain words without markup, links or control characters."""

import html
import re
import unicodedata
from typing import Final

_TAG: Final = re.compile(r"<[/!?A-Za-z][^>]*>?")
_LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:mailto|javascript|tel):|\bdata:\w+/|[\w.+-]+@[\w-]+\.\w"
    r"|\b[a-z0-9-]+\.(?:com|net|org|io|dev|app|info|xyz|ru|cn)\b",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")


def plain(text: str, max_length: int) -> str:
    """`text` as one line of plain text, cut after the last whole sentence in `max_length`."""
    text = _TAG.sub(" ", html.unescape(unicodedata.normalize("NFC", text)))
    text = "".join(_visible(character) for character in text)
    text = " ".join(text.split())
    while len(text) > max_length:
        shorter = " ".join(sentences(text)[:-1])
        text = shorter or text[:max_length].rpartition(" ")[0]
    return text


def has_link(text: str) -> bool:
    """Whether `text` holds an address of a page, a person or a script."""
    return _LINK.search(text) is not None


def sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text)


def _visible(character: str) -> str:
    if character in "<>":
        return " "
    category = unicodedata.category(character)
    if category == "Cc" or category.startswith("Z"):
        return " "
    return "" if category.startswith("C") else character
