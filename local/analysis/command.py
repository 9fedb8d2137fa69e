"""`python -m local analyze`: recordings measured without a stack, one JSON line each."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO, get_args

from tqdm import tqdm

from local import report
from local.analysis.cases import Case, CasesError, read_cases
from local.analysis.engine import Line
from local.analysis.worker import Worker
from local.settings import StackSettings
from shared.domain.analysis import Strictness


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every recording was analysed, 2 when one or more ended in a failure."""
    options = _options(arguments)
    with ExitStack() as open_files:
        out = None
        if options.json:
            try:
                out = open_files.enter_context(options.json.open("w", encoding="utf-8"))
            except OSError as error:
                print(f"{options.json} cannot be written: {error.strerror}", file=sys.stderr)
                return 1
        try:
            failed = _run(options.to_analyze, out)
        except KeyboardInterrupt:
            print("Stopped; the lines so far are whole.", file=sys.stderr)
            return 130
    if failed:
        print(f"{failed} of {len(options.to_analyze)} ended in a failure.", file=sys.stderr)
    return 2 if failed else 0


def _run(cases: Sequence[Case], out: TextIO | None) -> int:
    failed = 0
    for answer in _analyzed(cases):
        failed += answer["failure"] is not None
        if out:
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
            out.flush()
        else:
            tqdm.write(_shown(answer))
    return failed


def _analyzed(cases: Sequence[Case]) -> Iterator[Line]:
    progress = tqdm(cases, unit="recording", disable=None if len(cases) > 1 else True)
    with Worker(StackSettings().models_folder) as worker, progress:
        for case in progress:
            progress.set_postfix_str(case.id)
            yield worker.analyze(case)


def _shown(answer: Line) -> str:
    heading = f"{answer['id']}  ({answer['seconds']:.1f} s)"
    failure = answer["failure"]
    if failure:
        next_step = failure.get("next_step", "")
        return f"{heading}\n{failure['detail']}  [{failure['code']}]\n{next_step}".rstrip() + "\n"
    return "\n".join([heading, *report.analysis_lines(answer["analysis"]), ""])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="analyze")
    analyze = commands.add_parser("analyze", help="measure recordings", description=__doc__)
    analyze.add_argument("files", nargs="*", type=Path, metavar="FILE", help="recordings")
    analyze.add_argument("--text", help="the text that was read; without it, free speech")
    analyze.add_argument("--cases", type=Path, help="JSON list of cases: id, file, reference")
    analyze.add_argument(
        "--strictness",
        choices=get_args(Strictness),
        default="standard",
        help="how soon a word that was read is worth checking; changes no score",
    )
    analyze.add_argument("--json", type=Path, help="where the lines go; without it, for reading")
    options = parser.parse_args(arguments)
    if bool(options.files) == bool(options.cases):
        analyze.error("name recordings, or a file of cases")
    if options.cases and options.text is not None:
        analyze.error("the cases name their own texts")
    try:
        options.to_analyze = (
            read_cases(options.cases, options.strictness)
            if options.cases
            else [
                Case(str(file), file, options.text or None, options.strictness)
                for file in options.files
            ]
        )
    except CasesError as error:
        analyze.error(str(error))
    return options
