"""Files that are not what they were, or say that they are: mutations of bytes."""

import random
import struct

_MAGIC = (
    b"\x1a\x45\xdf\xa3",
    b"OggS",
    b"fLaC",
    b"RIFF\xff\xff\xff\xffWAVE",
    b"\x00\x00\x00\x18ftypM4A ",
    b"\xff\xf1\x50\x80",
    b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
    b"\xff\xfb\x90\x64",
    b"#EXTM3U\nfile:///etc/passwd\n",
    b"\x89PNG\r\n\x1a\n",
)
_WAV_HEADER = 44
# Where in a WAV file the sizes, the format, channels, rate, alignment and bits are, and how wide.
_WAV_FIELDS = (
    *((4, "<I"), (16, "<I"), (20, "<H"), (22, "<H"), (24, "<I")),
    *((28, "<I"), (32, "<H"), (34, "<H"), (40, "<I")),
)
_HEADER_BYTES = 96
_EXTREMES = (0x00, 0x01, 0x7F, 0x80, 0xFF)
_NUMBERS = (0, 1, 2, 7, 8, 9, 255, 65_535, 2**31 - 1, 2**31, 2**32 - 1)


def truncated(data: bytes, chance: random.Random) -> bytes:
    """Cut off at the end, in the header, or with a hole in the middle."""
    if not chance.randrange(5):
        return data[: chance.randrange(min(len(data), 200))]
    end = chance.randrange(1, len(data))
    if not chance.randrange(4):
        return data[:end] + data[min(len(data), end + chance.randrange(1, 20_000)) :]
    return data[:end]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Up to 400 bytes changed anywhere, or a run of them zeroed."""
    changed = bytearray(data)
    if not chance.randrange(5):
        start = chance.randrange(len(changed))
        length = chance.randrange(1, 4_000)
        changed[start : start + length] = bytes(len(changed[start : start + length]))
        return bytes(changed)
    for _ in range(chance.choice((1, 3, 10, 50, 200, 400))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def lying(data: bytes, chance: random.Random) -> bytes:
    """A header that declares other channels, rates, sizes or lengths than follow."""
    changed = bytearray(data)
    if data.startswith(b"RIFF") and chance.randrange(5):
        field, form = chance.choice(_WAV_FIELDS)
        top = 2 ** (8 * struct.calcsize(form)) - 1
        struct.pack_into(form, changed, field, min(chance.choice(_NUMBERS), top))
        return bytes(changed)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(4, min(len(changed), _HEADER_BYTES))
        changed[place] = chance.choice(_EXTREMES)
    return bytes(changed)


def disguised(data: bytes, chance: random.Random) -> bytes:
    """The first bytes of another format before, or in place of, the file's own."""
    magic = chance.choice(_MAGIC)
    if not chance.randrange(3):
        return magic + chance.randbytes(chance.randrange(0, 30_000))
    return magic + (data if chance.randrange(2) else data[len(magic) :])


def wav(samples: bytes, rate: int) -> bytes:
    """Mono 16-bit samples as a WAV file."""
    riff = struct.pack("<4sI4s", b"RIFF", _WAV_HEADER - 8 + len(samples), b"WAVE")
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return riff + form + struct.pack("<4sI", b"data", len(samples)) + samples
