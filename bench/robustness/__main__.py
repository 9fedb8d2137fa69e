"""Mutations of real recordings through the engine: none breaks it, and garbage is worth nothing.

`python -m bench.robustness --count 500 --seed 1`; the same seed gives the same files. Exit status
1 when a promise was broken, each told with its number.
"""

import argparse
import sys

from tqdm import tqdm

from bench.robustness.mutations import mutations
from bench.robustness.run import Summary, run
from local.settings import StackSettings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of single mutations")
    options = parser.parse_args()
    print(f"{options.count} mutations, seed {options.seed}")
    chosen = [
        mutation
        for mutation in mutations(options.seed, options.count)
        if not options.only or mutation.number in options.only
    ]
    summary = Summary()
    progress = tqdm(run(chosen, StackSettings().models_folder), total=len(chosen), disable=None)
    for result, peak in progress:
        summary.results.append(result)
        summary.peak_mib = peak
        if result.broken:
            told = "; ".join(result.broken)
            tqdm.write(f"BROKEN {result.mutation.number} {result.mutation.kind}: {told}")
    for line in summary.lines():
        print(line)
    print(f"peak {summary.peak_mib} MiB, {len(summary.broken)} broken promises")
    return 1 if summary.broken else 0


if __name__ == "__main__":
    sys.exit(main())
