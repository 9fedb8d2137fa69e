"""For authors of courses: check, zip or tidy a package's folder (docs/course-packages.md).

python -m local.packages check FOLDER…     name every fault, with file and line
python -m local.packages zip FOLDER…       write FOLDER.zip beside it, to be imported
python -m local.packages format FOLDER…    write its YAML in the canonical form
"""

import argparse
import sys
from pathlib import Path

from shared.domain.errors import Unprocessable
from shared.repositories.course_packages.archive import pack
from shared.repositories.course_packages.reader import CoursePackage, read_files
from shared.repositories.course_packages.writer import package_files


def read_folder(folder: Path) -> CoursePackage:
    """The course in a folder. Raises `Unprocessable` (`package_invalid`) naming every fault."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]
    return read_files(
        {
            path.relative_to(folder).as_posix(): None if path.is_symlink() else path.read_bytes()
            for path in paths
        }
    )


def canonical_files(package: CoursePackage) -> dict[str, bytes]:
    """The package's files by path, as an export would have them."""
    return package_files(package.content, {name: item.data for name, item in package.media.items()})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.packages", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("action", choices=("check", "zip", "format"))
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    arguments = parser.parse_args()
    results = [_run(arguments.action, folder) for folder in arguments.folders]
    return 0 if all(results) else 1


def _run(action: str, folder: Path) -> bool:
    if not folder.is_dir():
        print(f"{folder}: there is no such folder", file=sys.stderr)
        return False
    try:
        package = read_folder(folder)
    except Unprocessable as error:
        for fault in error.errors:
            place = f"{folder / (fault.file or '')}:{fault.line or 1}"
            print(f"{place}: {fault.pointer or 'file'}: {fault.detail}", file=sys.stderr)
        return False
    files = canonical_files(package)
    if action == "zip":
        target = folder.resolve().with_suffix(".zip")
        target.write_bytes(pack(files))
        print(f"{target}: {target.stat().st_size} bytes")
    elif action == "format":
        for name, data in files.items():
            (folder / name).write_bytes(data)
        print(f"{folder}: written in the canonical form")
    else:
        lessons = list(package.content.lessons())
        prompts = sum(len(lesson.prompts) for lesson in lessons)
        print(f"{folder}: no faults; {len(lessons)} lessons, {prompts} prompts")
    return True


if __name__ == "__main__":
    sys.exit(main())
