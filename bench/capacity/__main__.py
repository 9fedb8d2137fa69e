"""Measure, then write docs/capacity.md: `python -m bench.capacity`, `--render` to write alone."""

import argparse
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from bench.capacity.document import render
from bench.capacity.model import Assumptions
from local.deployables import ROOT

FOLDER = Path(__file__).parent
MEASURED = FOLDER / "measured.json"
PRICES = FOLDER / "prices.json"
DOCUMENT = ROOT / "docs" / "capacity.md"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--render", action="store_true", help="measure nothing")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if not options.render:
        MEASURED.write_text(json.dumps(_measure(), indent=2) + "\n")
    DOCUMENT.write_text(rendered())
    print(f"{DOCUMENT.relative_to(ROOT)} written")
    return 0


def rendered() -> str:
    measured, prices = json.loads(MEASURED.read_text()), json.loads(PRICES.read_text())
    return render(measured, prices, Assumptions())


def _measure() -> dict[str, object]:
    from bench.capacity.measurement import UNLIMITED, Effort, measure
    from local.processes import free_port
    from local.stack import Stack

    models = Path(os.environ.get("DATA", ROOT / ".rostrum")).resolve() / "models"
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(
            Path(folder) / "stack", models, free_port(), environment=UNLIMITED, engine="emulators"
        ) as stack,
    ):
        return measure(stack, Effort())


if __name__ == "__main__":
    sys.exit(main())
