"""Accuracy of the engine on labelled recordings: `make accuracy`, written to docs/accuracy.md.

The fixtures and recordings synthesised for it are always measured; a list of cases and a folder
of learners with experts' scores are added when named.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.accuracy.answers import analysed
from bench.accuracy.document import render
from bench.accuracy.findings import measured
from bench.accuracy.labelled import cases, learners
from bench.accuracy.material import Recording
from bench.accuracy.synthesis import synthesised
from local.deployables import ROOT
from local.settings import StackSettings

MEASURED = Path(__file__).with_name("measured.json")
DOCUMENT = ROOT / "docs" / "accuracy.md"
FIXTURES = ROOT / "tests" / "fixtures" / "audio" / "readings"
WORK = ROOT / ".rostrum" / "accuracy"
ANSWERS = "answers.jsonl"
LEARNERS = 300
_DIGITS = 4


def main() -> int:
    options = _options()
    if not options.render:
        figures = _figures(options)
        MEASURED.write_text(json.dumps(rounded(figures), ensure_ascii=False, indent=1) + "\n")
    DOCUMENT.write_text(rendered())
    print(f"{DOCUMENT.relative_to(ROOT)} written")
    return 0


def rendered() -> str:
    return render(json.loads(MEASURED.read_text("utf-8")))


def collected(
    given: Path | None, experts: Path | None, count: int | None, *, work: Path = WORK
) -> list[Recording]:
    """Every recording once, whatever its name."""
    found = cases(FIXTURES / "cases.json") + (cases(given) if given else [])
    found += learners(experts, count) if experts else []
    once = {(_digest(recording.audio), recording.reference): recording for recording in found}
    return [*once.values(), *synthesised(work)]


def _figures(options: argparse.Namespace) -> dict[str, Any]:
    count = None if options.all else options.sentences
    recordings = collected(options.cases, options.learners, count)
    lines = analysed(recordings, StackSettings().models_folder, WORK / ANSWERS)
    of_learners = len(learners(options.learners)) if options.learners else 0
    return measured(recordings, lines, of_learners=of_learners, root=ROOT)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def rounded(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, help="a list of labelled recordings, cases.json")
    parser.add_argument("--learners", type=Path, help="a folder with labels.json and recordings")
    parser.add_argument("--sentences", type=int, default=LEARNERS, help="how many of the learners'")
    parser.add_argument("--all", action="store_true", help="all of the learners' sentences")
    parser.add_argument("--render", action="store_true", help="measure nothing")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
