"""The zip of a course package: read with suspicion, written byte for byte the same.

Entries are stored, not deflated: compressors differ from one zlib to the next, and media are
compressed already. Order, times and permissions are fixed (docs/decisions/0042).
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from shared.domain.errors import FieldError

MAX_PACKAGE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_FILES = 2000
# Deflate cannot do more than 1032:1; real YAML stays under 20:1, and a small file may do better.
_MAX_RATIO = 100
_RATIO_FROM_BYTES = 1024 * 1024
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX = 3

Files = Mapping[str, bytes | None]


def pack(files: Mapping[str, bytes]) -> bytes:
    """The canonical zip of these files, by their paths."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = _UNIX
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def unpack(data: bytes) -> tuple[dict[str, bytes | None], list[FieldError]]:
    """The files by path, and what is wrong with the archive; an unreadable file is None.

    Nothing is unpacked when the whole is over a limit. Never raises for what is in `data`.
    """
    if len(data) > MAX_PACKAGE_BYTES:
        return {}, [_archive_fault(f"The package is larger than {MAX_PACKAGE_BYTES} bytes.")]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    # What the standard library raises for a damaged archive is not one kind of error.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return {}, [_archive_fault("This is not a zip archive, or it is damaged.")]


def _read(archive: zipfile.ZipFile) -> tuple[dict[str, bytes | None], list[FieldError]]:
    entries = [entry for entry in archive.infolist() if not _is_plain_folder(entry)]
    if over := _over_limits(entries):
        return {}, [_archive_fault(over)]
    files: dict[str, bytes | None] = {}
    faults: list[FieldError] = []
    for entry in entries:
        name = entry.filename
        if (refusal := _refusal(entry, files)) is not None:
            faults.append(FieldError("", refusal, name))
            if is_safe(name):
                files.setdefault(name, None)
            continue
        try:
            files[name] = archive.read(entry)
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError):
            files[name] = None
            faults.append(FieldError("", "The file is damaged in the archive.", name))
    return files, faults


def _over_limits(entries: list[zipfile.ZipInfo]) -> str | None:
    if len(entries) > MAX_FILES:
        return f"The package holds more than {MAX_FILES} files."
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        return f"Unpacked, the package is larger than {MAX_UNPACKED_BYTES} bytes."
    for entry in entries:
        large = entry.file_size > _RATIO_FROM_BYTES
        if large and entry.file_size > _MAX_RATIO * max(entry.compress_size, 1):
            return f"A file of the package is compressed more than {_MAX_RATIO} to 1."
    return None


def _refusal(entry: zipfile.ZipInfo, files: Files) -> str | None:
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == _UNIX else 0
    # The standard library cuts a name at a NUL.
    if not is_safe(entry.filename) or entry.filename != entry.orig_filename:
        return "The path leads outside the package, or is not a plain relative path with /."
    if kind not in (0, stat.S_IFREG):
        return "A package holds plain files, no links or devices."
    if entry.flag_bits & _ENCRYPTED:
        return "The file is encrypted."
    if entry.compress_type not in _METHODS:
        return "The file is compressed by a method other than deflate."
    if entry.filename in files:
        return "The archive holds two files of this path."
    return None


def is_safe(name: str) -> bool:
    """Whether a path stays below the package's folder on every system."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and name == "/".join(parts)
        and all(part not in {"", ".", "..", "/"} for part in parts)
        and name.isprintable()
        and not set(name) & set("\\:")
    )


def _is_plain_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith("/") and is_safe(entry.filename.rstrip("/"))


def _archive_fault(detail: str) -> FieldError:
    return FieldError("", detail)
