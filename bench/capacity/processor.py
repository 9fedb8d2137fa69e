"""Processor time and memory of a stack's processes, by their names."""

from pathlib import Path

import psutil


class ProcessorTime:
    """What the named processes, with all they started, have used of the processor so far."""

    def __init__(self, pids: Path) -> None:
        self._pids = pids

    def seconds(self) -> dict[str, float]:
        return {name: _seconds(self._tree(name)) for name in self._names()}

    def peak_mb(self) -> dict[str, float]:
        """The most memory each has held; of several processes the largest one's."""
        return {name: max(map(_peak_mb, self._tree(name)), default=0.0) for name in self._names()}

    def _names(self) -> list[str]:
        return sorted(path.name for path in self._pids.iterdir())

    def _tree(self, name: str) -> list[psutil.Process]:
        parent = psutil.Process(int((self._pids / name).read_text()))
        return [parent, *parent.children(recursive=True)]


def used(before: dict[str, float], after: dict[str, float], times: int) -> dict[str, float]:
    """Seconds for one of `times`, by process; those that did nothing are left out."""
    spent = {name: (after[name] - before[name]) / times for name in before}
    return {name: seconds for name, seconds in spent.items() if seconds > 0}


def _seconds(tree: list[psutil.Process]) -> float:
    total = 0.0
    for process in tree:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        # Children that have ended are counted by whoever waited for them.
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _peak_mb(process: psutil.Process) -> float:
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except FileNotFoundError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0
