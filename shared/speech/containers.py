"""Audio containers by their first bytes, and whether the file ends where it should.

Formats: Matroska (RFC 9559, EBML RFC 8794), Ogg (RFC 3533), FLAC (RFC 9639), RIFF/WAVE,
ISO base media (ISO/IEC 14496-12), MPEG audio (ISO/IEC 11172-3), ADTS (ISO/IEC 13818-7).
"""

from collections.abc import Callable, Mapping
from typing import Final

_EBML: Final = b"\x1a\x45\xdf\xa3"
_EBML_MASTERS: Final = frozenset({0x18538067, 0x1F43B675})  # Segment and Cluster, entered
_EBML_MAX_ELEMENTS: Final = 100_000
_OGG_HEADER_BYTES: Final = 27
_ID3_HEADER_BYTES: Final = 10
_MPEG_SYNC: Final = 0xE0
_ADTS_SYNC: Final = 0xF0
_ADTS_MASK: Final = 0xF6


def container_format(data: bytes) -> str | None:
    """FFmpeg's demuxer name for the content, whatever the file was called; None if unknown."""
    if data.startswith(_EBML):
        return "matroska"
    if data.startswith(b"OggS"):
        return "ogg"
    if data.startswith(b"fLaC"):
        return "flac"
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "wav"
    if data[4:8] == b"ftyp":
        return "mov"
    return _mpeg_format(data)


def is_cut_short(data: bytes, container: str) -> bool:
    """Whether the last element or page reaches beyond the end of the data.

    Only Matroska and Ogg, whose streamed form declares no duration to compare with.
    """
    check = _CUT_SHORT.get(container)
    return check is not None and check(data)


def _mpeg_format(data: bytes) -> str | None:
    if data.startswith(b"ID3"):
        if len(data) < _ID3_HEADER_BYTES:
            return None
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 0x7F
        data = data[_ID3_HEADER_BYTES + size :]
    if len(data) < 2 or data[0] != 0xFF or data[1] & _MPEG_SYNC != _MPEG_SYNC:  # noqa: PLR2004
        return None
    return "aac" if data[1] & _ADTS_MASK == _ADTS_SYNC else "mp3"


def _ebml_is_cut_short(data: bytes) -> bool:
    position = 0
    for _ in range(_EBML_MAX_ELEMENTS):
        if position >= len(data):
            return position > len(data)
        identifier, position = _ebml_number(data, position, keep_marker=True)
        size, position = _ebml_number(data, position, keep_marker=False)
        if identifier is None or size is None:
            return True
        if identifier not in _EBML_MASTERS:
            position += size
    return False


def _ebml_number(data: bytes, position: int, *, keep_marker: bool) -> tuple[int | None, int]:
    """The variable-length number at `position` and where it ends; None when it is incomplete."""
    if position >= len(data) or data[position] == 0:
        return None, len(data)
    length = 9 - data[position].bit_length()
    end = position + length
    if end > len(data):
        return None, len(data)
    value = int.from_bytes(data[position:end], "big")
    return value if keep_marker else value & ((1 << 7 * length) - 1), end


def _ogg_is_cut_short(data: bytes) -> bool:
    start = data.rfind(b"OggS")
    header = data[start : start + _OGG_HEADER_BYTES]
    if len(header) < _OGG_HEADER_BYTES:
        return True
    body = start + _OGG_HEADER_BYTES + header[-1]
    sizes = data[start + _OGG_HEADER_BYTES : body]
    return body + sum(sizes) > len(data)


_CUT_SHORT: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "matroska": _ebml_is_cut_short,
    "ogg": _ogg_is_cut_short,
}
