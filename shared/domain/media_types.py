"""Which types a course's media may have, and how their files begin.

The signatures of https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern and
https://mimesniff.spec.whatwg.org/#matching-an-audio-or-video-type-pattern. No file begins as two
of the types do, and no type a browser would run as a page or a script is among them.
"""

import re
from typing import Literal, get_args

MediaType = Literal[
    "image/png",
    "image/jpeg",
    "image/webp",
    "audio/mpeg",
    "audio/wav",
    "audio/ogg",
    "audio/webm",
    "audio/mp4",
    "application/pdf",
]
ALLOWED_TYPES: tuple[MediaType, ...] = get_args(MediaType)

_SIGNATURES: dict[MediaType, bytes] = {
    "image/png": rb"\x89PNG\r\n\x1a\n",
    "image/jpeg": rb"\xff\xd8\xff",
    "image/webp": rb"RIFF....WEBPVP",
    # An ID3 tag, or the header of an MPEG audio frame: 11 set bits, layer III or II.
    "audio/mpeg": rb"ID3|\xff[\xe2-\xe5\xf2-\xf7\xfa-\xfd]",
    "audio/wav": rb"RIFF....WAVE",
    "audio/ogg": rb"OggS\x00",
    "audio/webm": rb"\x1a\x45\xdf\xa3",
    "audio/mp4": rb"....ftyp",
    "application/pdf": rb"%PDF-",
}
_PATTERNS = {name: re.compile(pattern, re.DOTALL) for name, pattern in _SIGNATURES.items()}


def media_type(data: bytes) -> MediaType | None:
    """What a file is by its first bytes; None when it is of no allowed type."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.match(data)), None)


def is_of_type(data: bytes, content_type: str) -> bool:
    """Whether a file begins as files of that type do."""
    return media_type(data) == content_type
