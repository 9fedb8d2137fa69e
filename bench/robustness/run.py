"""The engine over mutations, each held to what it promises."""

import multiprocessing
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.robustness.mutations import Mutation
from local.analysis.cases import Case
from local.analysis.engine import Line
from local.analysis.worker import Worker

LIMIT_S = 300.0  # one recording on a busy machine, loading the models included
LIMIT_MIB = 900
WORTHLESS = 30
_NO_END = frozenset({"internal_error", "engine_crashed", "processing_timeout", "file_unreadable"})


@dataclass
class Result:
    """How one mutation ended; `broken` names each promise it did not keep."""

    mutation: Mutation
    outcome: str
    seconds: float
    broken: list[str] = field(default_factory=list)


@dataclass
class Summary:
    results: list[Result] = field(default_factory=list)
    peak_mib: int = 0

    @property
    def broken(self) -> list[Result]:
        return [result for result in self.results if result.broken]

    def lines(self) -> Iterator[str]:
        """A line for each kind: how many, their ends, and the longest."""
        kinds: dict[str, list[Result]] = defaultdict(list)
        for result in self.results:
            kinds[result.mutation.kind].append(result)
        for kind, results in kinds.items():
            ends = Counter(result.outcome for result in results).most_common()
            longest = max(result.seconds for result in results)
            told = ", ".join(f"{count} {outcome}" for outcome, count in ends)
            yield f"{kind:<18}{len(results):>4}   at most {longest:5.1f} s   {told}"


def run(mutations: Iterable[Mutation], models: Path) -> Iterator[tuple[Result, int]]:
    """Each result as it comes, with the peak memory so far in MiB."""
    peak = 0
    with tempfile.TemporaryDirectory() as folder, Worker(models, limit_s=LIMIT_S) as worker:
        for mutation in mutations:
            file = Path(folder) / f"{mutation.number}.bin"
            file.write_bytes(mutation.data)
            line = worker.analyze(Case(str(mutation.number), file, mutation.reference))
            file.unlink()
            now = peak_mib()
            result = Result(mutation, _outcome(line), line["seconds"], _broken(mutation, line))
            if now > max(peak, LIMIT_MIB):
                result.broken.append(f"{now} MiB")
            peak = max(peak, now)
            yield result, peak


def peak_mib() -> int:
    """The most memory a child process of ours has held (VmHWM), in MiB; Linux."""
    peaks = [0]
    for child in multiprocessing.active_children():
        try:
            status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii")
        except OSError:
            continue
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        peaks.append(int(found[1]) // 1024 if found else 0)
    return max(peaks)


def _outcome(line: Line) -> str:
    if line["failure"]:
        return str(line["failure"]["code"])
    reason = line["analysis"]["not_scorable_reason"]
    if reason:
        return f"not scorable ({reason})"
    return "scored" if line["analysis"]["scores"] else "measured"


def _broken(mutation: Mutation, line: Line) -> list[str]:
    failure, analysis = line["failure"], line["analysis"]
    if failure:
        return [f"{failure['code']}: {failure['detail']}"] if failure["code"] in _NO_END else []
    found = []
    if mutation.promise == "no_words" and analysis["words"]:
        found.append(f"words: {analysis['transcript'][:60]}")
    scores = {name: score["value"] for name, score in analysis["scores"].items()}
    too_high = {name: value for name, value in scores.items() if value > WORTHLESS}
    if mutation.promise != "named" and too_high:
        found.append(f"scores {too_high}: {analysis['transcript'][:60]}")
    return found
