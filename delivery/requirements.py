"""Requirements of the services' image and of each function: parts of the root's lock.

Each `requirements.in` names what its deployable imports; `python -m delivery.requirements`, which
is part of `make lock`, writes the `requirements.txt` beside it with the versions and hashes of the
root's.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "requirements.txt"
_OPTIONS: Final = ("--universal", "--python-version=3.11", "--generate-hashes", "--quiet")


def sources() -> Sequence[Path]:
    """The image's first, then those of the functions by name."""
    functions = (ROOT / "functions").glob("*/requirements.in")
    return [ROOT / "run_services" / "requirements.in", *sorted(functions)]


def main() -> None:
    for source in sources():
        target = source.with_suffix(".txt")
        command = [sys.executable, "-m", "uv", "pip", "compile", str(source.relative_to(ROOT))]
        options = [*_OPTIONS, "--no-header", "--no-annotate", f"--constraints={LOCK.name}"]
        subprocess.run(
            [*command, *options, f"--output-file={target.relative_to(ROOT)}"], cwd=ROOT, check=True
        )


if __name__ == "__main__":
    main()
