"""Where a worker may be killed: before and after each of its side effects."""

import json
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

When = Literal["before", "after"]
# A thread must not die of another's kill between opening its file and counting itself there.
_DYING = threading.Lock()


class KillPoints:
    """Kills this process with SIGKILL at its points, with `chance` at each pass.

    The first to come by a point is killed for certain, so that each is met. Every kill is counted
    in a file of its own in `folder` before it happens; while the file `calm` lies there, nobody is
    killed.
    """

    def __init__(self, worker: str, folder: Path, chance: float, seed: str) -> None:
        self._worker = worker
        self._folder = folder
        self._chance = chance
        self._random = random.Random(seed)  # noqa: S311

    @contextmanager
    def around(self, effect: str) -> Iterator[None]:
        """A side effect: killed before it, or after it, or not at all."""
        self.at(effect, "before")
        yield
        self.at(effect, "after")

    def at(self, effect: str, when: When) -> None:
        kills = self._folder / f"{self._worker} {effect} {when}"
        chance = self._chance if kills.exists() else 1.0
        if self._random.random() >= chance or (self._folder / "calm").exists():
            return
        with _DYING:
            with kills.open("ab") as file:
                file.write(b".")
            os.kill(os.getpid(), signal.SIGKILL)


def count(folder: Path) -> Counter[str]:
    """How often a worker was killed at each point: `worker effect when`."""
    kills = [file for file in folder.iterdir() if " " in file.name]
    return Counter({file.name: file.stat().st_size for file in kills})


class Journal:
    """Lines of JSON that many processes append to one file; a line is written whole or not."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **fields: Any) -> None:  # noqa: ANN401
        os.write(self._descriptor, json.dumps(fields).encode() + b"\n")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._file.read_text().splitlines()]
