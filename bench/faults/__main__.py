"""Fault injection: recordings and events through the real pipelines while everything fails.

`python -m bench.faults --events 10000 --engine embedded --seed 7` prints the seed, what fails
when, and at the end the sums; exit code 1 when anything was lost, doubled or paid for twice, or
nobody was killed at one of the points. A seed makes the same choices again, not the same timing.
"""

import argparse
import logging
import random
import signal
import sys
import tempfile
from pathlib import Path

from bench.faults.queues import Pace
from bench.faults.run import run
from bench.faults.verdict import Report
from local.processes import StartError

_SHOWN = 50
_QUICK_EVENTS = {"embedded": 240, "emulators": 90}
_QUICK_PACE = Pace(haste=80, lease_s=1, max_attempts=8, min_backoff_s=0.05, max_backoff_s=0.4)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--engine", choices=("embedded", "emulators"), default="embedded")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--quick", action="store_true", help="a short profile, for every day")
    options = parser.parse_args()
    events = _QUICK_EVENTS[options.engine] if options.quick else options.events
    logging.getLogger().addHandler(logging.NullHandler())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(f"seed {options.seed}, engine {options.engine}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            report = run(
                options.engine,
                events,
                options.seed,
                Path(folder) / "data",
                _QUICK_PACE if options.quick else Pace(),
                say=lambda line: print(line, flush=True),
            )
        except StartError as error:
            print(error, file=sys.stderr)
            return 1
    report.violations += [f"nobody was killed at: {point}" for point in report.missed]
    _print(report)
    return 1 if report.violations else 0


def _print(report: Report) -> None:
    print(f"events       {report.events.total()}  {dict(report.events)}")
    print(f"deliveries   {report.deliveries}; {report.repeated_share:.1%} of the events repeated")
    print(f"late         {report.late} delivered once more when all was done")
    print(f"outages      {dict(report.outages)}")
    print(f"kills        {report.kills.total()}")
    for point, times in sorted(report.kills.items()):
        print(f"  {times:>5}  {point}")
    print(f"attempts     {dict(report.ends)}")
    print(f"paid calls   {report.paid_calls}; feedback written by {dict(report.written_by)}")
    print(f"dead letters {report.replayed} replayed")
    print(f"duration     {report.seconds:.0f} s")
    for violation in report.violations[:_SHOWN]:
        print(f"VIOLATION    {violation}")
    print(f"FAIL: {len(report.violations)} violations" if report.violations else "PASS")


if __name__ == "__main__":
    sys.exit(main())
