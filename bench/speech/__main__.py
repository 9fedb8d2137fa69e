"""Speed and memory of the engine, each stage's share, against raw recognition in the same run.

`python -m bench.speech [--cases FILE] [--rounds N]`. Prints processor seconds, which
other work on the machine disturbs less than the clock: each recording is analysed and raw
recognised in turn, on one thread, and the median of the ratios counts. Then processes of their own
for times with cold models and peak memory, and three minutes of speech within the limits of the
function that analyses recordings. Exit status 1 when a goal is missed.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.speech.fresh import fresh
from bench.speech.limits import recogniser_limits, weights_mb
from bench.speech.raw import raw_recognition
from bench.speech.recordings import LONG_S, recordings, three_minutes
from bench.speech.stages import ORDER, OTHER, TimedTranscriber, clocked
from local.analysis.cases import Case
from local.settings import StackSettings
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from shared.speech.assess import assess

GOALS: Final = {"free speech": 1.25, "reading": 2.5}
GOAL_MB: Final = 600.0
Seconds = dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, help="JSON list of cases: id, file, reference")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        long = three_minutes(Path(folder))
        ratios = _warm(recordings(options.cases), long, options.rounds)
        met = [_goal(f"{kind}, median", ratios[kind], GOALS[kind]) for kind in GOALS]
        met += _cold(recordings(None), long)
    return 0 if all(met) else 1


def _warm(cases: Sequence[Case], long: Sequence[Case], rounds: int) -> dict[str, float]:
    """Prints each recording's stages; the median ratio of each kind's recordings."""
    models = StackSettings().models_folder
    raw = raw_recognition(models)
    transcriber = WhisperTranscriber(partial(assemble, models), workers=1)
    print("processor seconds, and each stage's share of ours: " + ", ".join(ORDER))
    _row("", "raw s", "ours s", "ratio", *(name.split()[0] for name in ORDER))
    ratios: dict[str, list[float]] = defaultdict(list)
    for case in (*cases, *long):
        spent = [_pair(case, raw, transcriber) for _ in range(2 if case in long else rounds + 1)][
            1:
        ]
        raw_s = statistics.median(seconds for seconds, _ in spent)
        ours_s = statistics.median(sum(stages.values()) for _, stages in spent)
        ratio = statistics.median(sum(stages.values()) / seconds for seconds, stages in spent)
        ratios[_kind(case)].append(ratio)
        of_stages = [statistics.median(stages[name] for _, stages in spent) for name in ORDER]
        shares = [f"{100 * seconds / ours_s:.1f} %" for seconds in of_stages]
        name = f"{_kind(case)}: {case.id}"
        _row(name, f"{raw_s:.2f}", f"{ours_s:.2f}", f"{ratio:.2f}", *shares)
    return {kind: statistics.median(found) for kind, found in ratios.items()}


def _pair(
    case: Case, raw: Callable[[Path], Any], transcriber: WhisperTranscriber
) -> tuple[float, Seconds]:
    started = time.process_time()
    raw(case.audio)
    raw_s = time.process_time() - started
    with clocked() as clock, clock.timed(OTHER):
        assess(
            case.audio.read_bytes(),
            kind="read_aloud" if case.reference else "free_speech",
            language="en",
            reference=case.reference,
            transcriber=TimedTranscriber(transcriber, clock),
        )
    return raw_s, clock.seconds


def _cold(cases: Sequence[Case], long: Sequence[Case]) -> list[bool]:
    firsts = {_kind(case): case for case in reversed(cases)}
    measured = {case: fresh(case) for case in (*firsts.values(), *long)}
    for case, each in measured.items():
        print(
            f"{_kind(case)}: {case.id}, a process of its own: cold {each.cold_s:.1f} s "
            f"({each.cold_processor_s:.1f} s of processor), warm {each.warm_s:.1f} s "
            f"({each.warm_processor_s:.1f} s), peak {each.peak_mb:.0f} MB"
        )
    limits = recogniser_limits()
    slowest = max(measured[case].cold_processor_s for case in long)
    files = weights_mb(StackSettings().models_folder)
    largest = max(each.peak_mb for each in measured.values())
    return [
        _goal("peak memory, MB", largest, GOAL_MB),
        _goal(f"{LONG_S:.0f} s of speech on one processor, s", slowest, limits.timeout_s),
        _goal("memory with the weights' files, MB", largest + files, limits.memory_mb),
    ]


def _kind(case: Case) -> str:
    return "reading" if case.reference else "free speech"


def _goal(name: str, figure: float, at_most: float) -> bool:
    met = figure <= at_most
    print(f"{name}: {figure:.2f}, goal at most {at_most:g}: {'met' if met else 'NOT MET'}")
    return met


def _row(name: str, *columns: str) -> None:
    print(f"{name:<35}" + "".join(f"{column:>12}" for column in columns))


if __name__ == "__main__":
    sys.exit(main())
