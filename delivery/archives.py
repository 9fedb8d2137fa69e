"""Source archives of the event functions, as Cloud Functions builds them.

`python -m delivery.archives` writes `build/functions/<name>.zip`: the function's files at the root,
where the buildpack looks for `main.py` and `requirements.txt`, and `shared/` beside them. Equal
files give equal bytes on every machine: the members are sorted, stored, and bear one time and one
mode. So the archive's hash is the name of a version.

https://cloud.google.com/docs/buildpacks/python
"""

import argparse
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_FIRST_DAY_OF_ZIP: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644
_UNIX: Final = 3
# Compilers of requirements read them, the function does not.
_LEFT_OUT: Final = {"requirements.in"}


def names(root: Path = ROOT) -> Sequence[str]:
    """Of all functions, sorted."""
    return sorted(path.parent.name for path in (root / "functions").glob("*/main.py"))


def members(name: str, root: Path = ROOT) -> Mapping[str, Path]:
    """The files of a function's archive by their path inside, which has `/` between its parts."""
    own, shared = root / "functions" / name, root / "shared"
    found = {path.relative_to(own).as_posix(): path for path in _files(own)}
    return found | {
        f"shared/{path.relative_to(shared).as_posix()}": path for path in _files(shared)
    }


def write(name: str, folder: Path, root: Path = ROOT) -> Path:
    """The archive `folder`/`name`.zip, in place of an older one."""
    target = folder / f"{name}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for inside, path in sorted(members(name, root).items()):
            member = zipfile.ZipInfo(inside, _FIRST_DAY_OF_ZIP)
            member.create_system = _UNIX
            member.external_attr = _MODE << 16
            # What deflate makes of the same bytes differs between versions of zlib.
            member.compress_type = zipfile.ZIP_STORED
            archive.writestr(member, path.read_bytes())
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "functions")
    folder: Path = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.zip"):
        stale.unlink()
    for name in names():
        archive = write(name, folder)
        print(f"{archive.stat().st_size / 1024:6.0f} KiB  {archive}")


def _files(folder: Path) -> Sequence[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in _LEFT_OUT and not _is_cache(path.relative_to(folder))
    ]


def _is_cache(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or "__pycache__" in path.parts or path.suffix == ".pyc"


if __name__ == "__main__":
    main()
