"""Hostile and damaged archives: nothing is unpacked that should not be, and each fault is named."""

import io
import random
import stat
import struct
import warnings
import zipfile

import pytest

from shared.domain.errors import Unprocessable
from shared.repositories.course_packages.archive import (
    MAX_FILES,
    MAX_PACKAGE_BYTES,
    MAX_UNPACKED_BYTES,
    pack,
    unpack,
)
from shared.repositories.course_packages.reader import read_package

COURSE = b"format: 1\ntitle: A\nlanguage: en\nunits: []\n"


def archive(
    *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as file:
        warnings.simplefilter("ignore", UserWarning)
        for name, data in entries:
            file.writestr(name, data)
    return buffer.getvalue()


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "name",
    [
        "../course.yaml",
        "units/../../a",
        "/etc/passwd",
        "C:/a",
        "C:a",
        "units\\a",
        "./course.yaml",
        "a//b",
        "a/./b",
        "a\x1b[2Jb",
        "..",
    ],
)
def test_paths_that_lead_elsewhere(name: str) -> None:
    files, faults = unpack(archive(("course.yaml", COURSE), (name, b"x")))
    assert files == {"course.yaml": COURSE}
    assert [fault.file for fault in faults] == [name]
    assert "outside the package" in faults[0].detail


def test_a_name_of_nothing() -> None:
    data = bytearray(archive(("a", b"x")))
    central = data.index(b"PK\x01\x02")
    data[central + 28] = 0
    del data[central + 46]
    data[-10] -= 1
    assert "outside the package" in unpack(bytes(data))[1][0].detail


def test_a_name_with_a_nul_is_not_its_beginning() -> None:
    data = archive(("media/aXb", b"x")).replace(b"media/aXb", b"media/a\0b")
    files, faults = unpack(data)
    assert files == {"media/a": None}
    assert "outside the package" in faults[0].detail


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFCHR])
def test_links_and_devices(kind: int) -> None:
    files, faults = unpack(archive((entry("media/a", kind | 0o777), b"/etc/passwd")))
    assert files == {"media/a": None}
    assert "plain files" in faults[0].detail


def test_an_encrypted_file() -> None:
    data = bytearray(archive(("course.yaml", COURSE)))
    central = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    assert "encrypted" in unpack(bytes(data))[1][0].detail


def test_another_compression() -> None:
    _, faults = unpack(archive(("course.yaml", COURSE), method=zipfile.ZIP_LZMA))
    assert "deflate" in faults[0].detail


def test_two_files_of_one_path() -> None:
    files, faults = unpack(archive(("course.yaml", COURSE), ("course.yaml", b"other")))
    assert files == {"course.yaml": COURSE}
    assert "two files of this path" in faults[0].detail


def test_folders_are_no_files() -> None:
    data = archive((entry("units/", stat.S_IFDIR | 0o755), b""), ("course.yaml", COURSE))
    assert unpack(data) == ({"course.yaml": COURSE}, [])


def test_a_damaged_file() -> None:
    data = archive(("course.yaml", COURSE), method=zipfile.ZIP_STORED).replace(
        b"title", b"tilte", 1
    )
    files, faults = unpack(data)
    assert files == {"course.yaml": None}
    assert "damaged" in faults[0].detail


def test_a_bomb_of_one_file() -> None:
    files, faults = unpack(archive(("media/a", bytes(50 * 1024 * 1024))))
    assert files == {}
    assert "compressed more than" in faults[0].detail


def test_a_bomb_of_many_files() -> None:
    noise = random.Random(1).randbytes(60_000)
    block = noise + bytes(1_000_000 - len(noise))
    count = MAX_UNPACKED_BYTES // len(block) + 1
    files, faults = unpack(archive(*((f"media/{n}", block) for n in range(count))))
    assert files == {}
    assert "Unpacked, the package is larger" in faults[0].detail


def test_a_size_that_lies() -> None:
    """A bomb that claims to be small gives no more than it claims."""
    data = bytearray(archive(("media/a", bytes(10_000_000))))
    central = data.index(b"PK\x01\x02")
    data[22:26] = data[central + 24 : central + 28] = struct.pack("<L", 100)
    files, faults = unpack(bytes(data))
    assert files == {"media/a": None}
    assert "damaged" in faults[0].detail


def test_overlapping_files_count_each() -> None:
    """Many entries over one body (D. Fifield, "A better zip bomb", 2019)."""
    noise = random.Random(1).randbytes(20_000)
    one = archive(("media/a", noise + bytes(980_000)))
    central, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    count = 150
    record = one[central:end] * count
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(record), central, 0)
    _, faults = unpack(one[:central] + record + tail)
    assert "Unpacked, the package is larger" in faults[0].detail


def test_too_many_files() -> None:
    _, faults = unpack(archive(*((f"media/{n}", b"") for n in range(MAX_FILES + 1))))
    assert f"more than {MAX_FILES} files" in faults[0].detail


def test_too_large() -> None:
    _, faults = unpack(bytes(MAX_PACKAGE_BYTES + 1))
    assert "larger than" in faults[0].detail


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package(data: bytes) -> None:
    with pytest.raises(Unprocessable) as refused:
        read_package(data)
    assert refused.value.code == "package_invalid"
    assert refused.value.errors


def test_damage_anywhere_is_a_named_fault_or_none() -> None:
    """Nothing but the documented refusal comes out, whatever byte is wrong."""
    sound = archive(("course.yaml", COURSE))
    dice = random.Random(7)
    faults = []
    for _ in range(3000):
        data = bytearray(sound)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            read_package(bytes(data[: dice.choice([len(data), dice.randrange(len(data))])]))
        except Unprocessable as error:
            faults.append(len(error.errors))
    assert len(faults) > 2000
    assert min(faults) > 0


def test_what_we_write_we_read() -> None:
    package = read_package(pack({"course.yaml": COURSE}))
    assert package.content.title == "A"
    assert package.media == {}
