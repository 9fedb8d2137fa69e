"""One recording twice in a process of its own: with its models cold, then warm.

`python -m bench.speech.fresh AUDIO [TEXT]`, which prints JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from local.analysis.cases import Case
from local.settings import StackSettings

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Fresh:
    """Seconds by the clock and of the processor; `peak_mb` the largest resident set (VmHWM)."""

    cold_s: float
    cold_processor_s: float
    warm_s: float
    warm_processor_s: float
    peak_mb: float


def fresh(case: Case) -> Fresh:
    command = [sys.executable, "-m", "bench.speech.fresh", str(case.audio)]
    command += [case.reference] if case.reference else []
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return Fresh(**json.loads(answer.stdout.splitlines()[-1]))


def main(arguments: Sequence[str]) -> int:
    """The time it takes Python itself to start is left out; all it imports is not."""
    audio, reference = Path(arguments[0]), arguments[1] if len(arguments) > 1 else None
    times: list[float] = []
    clocks = time.perf_counter, time.process_time
    before = [clock() for clock in clocks]

    from local.analysis.engine import Engine

    engine = Engine(StackSettings().models_folder)
    for _ in range(2):
        line = engine.analyze(Case(audio.name, audio, reference))
        if line["failure"]:
            raise RuntimeError(line["failure"])
        after = [clock() for clock in clocks]
        times += [round(b - a, 3) for a, b in zip(before, after, strict=True)]
        before = after
    cold, cold_processor, warm, warm_processor = times
    found = Fresh(cold, cold_processor, warm, warm_processor, _peak_mb())
    print(json.dumps(asdict(found)))
    return 0


def _peak_mb() -> float:
    (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return round(int(line.split()[1]) / 1024, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
