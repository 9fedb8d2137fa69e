"""A run: learners submit, everything fails for a while, and in the end all must be well."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bench.faults.ground import EngineName, Ground
from bench.faults.learners import Learners, Planted
from bench.faults.queues import Pace
from bench.faults.schedule import outages
from bench.faults.verdict import Report, judge
from shared import wiring
from shared.domain.attempt import Status
from shared.domain.errors import Unavailable
from shared.domain.times import timestamp

T = TypeVar("T")

_EVENTS_OF: dict[Planted, int] = {"good": 3, "unreadable": 1, "abandoned": 0}
_SUBMITTERS = 3
_MAX_UNFINISHED = 50
_SAY_EVERY_S = 10.0
_STUCK_S = 2.0
_QUIET_S = 2.0
_UNFINAL: tuple[Status, ...] = ("awaiting_upload", "processing", "analyzed")
_LATE_SHARE = 0.1
_GIVE_UP_S = 180.0


def run(
    engine: EngineName,
    events: int,
    seed: int,
    folder: Path,
    pace: Pace | None = None,
    say: Callable[[str], None] = print,
) -> Report:
    """Raises `StartError` where the engine cannot be started here."""
    began = time.monotonic()
    with Ground(engine, seed, folder, pace or Pace()) as ground:
        report = _Run(ground, events, seed, say).run()
    report.seconds = time.monotonic() - began
    return report


class _Run:
    def __init__(self, ground: Ground, events: int, seed: int, say: Callable[[str], None]) -> None:
        self._ground = ground
        self._events = events
        self._seed = seed
        self._say = say
        self._learners = Learners(ground.settings)
        self._told: set[str] = set()
        self._heard = 0
        self._replayed = 0
        self._outages: Counter[str] = Counter()
        self._submitted = threading.Event()
        self._said = time.monotonic()

    def run(self) -> Report:
        submitting = threading.Thread(target=self._submit)
        submitting.start()
        try:
            for outage in outages(self._ground, self._events, self._seed):
                self._reach(outage.at_share)
                self._say(f"{self._seen():>6} events: {outage.name}")
                outage.happen()
                self._outages[outage.name] += 1
        finally:
            self._finish(submitting)
        self._settle()
        (self._ground.kills / "calm").touch()
        versions = self._versions()
        chance = random.Random(f"{self._seed} late")  # noqa: S311
        late = self._ground.deliverer.repeat_late(_LATE_SHARE, chance)
        self._settle()
        return judge(
            self._ground,
            self._learners.accepted,
            wanted_events=self._events,
            replayed=self._replayed,
            outages=self._outages,
            late=late,
            versions=versions,
        )

    def _submit(self) -> None:
        planted = iter(list(_plan(self._events)))
        try:
            with ThreadPoolExecutor(_SUBMITTERS) as pool:
                for submitting in [
                    pool.submit(self._keep_submitting, planted) for _ in range(_SUBMITTERS)
                ]:
                    submitting.result()
        finally:
            self._submitted.set()

    def _keep_submitting(self, planted: Iterator[tuple[int, Planted]]) -> None:
        for number, kind in planted:
            while self._unfinished() > min(_MAX_UNFINISHED, self._events // 15):
                time.sleep(0.02)
            self._learners.submit(number, kind)

    def _unfinished(self) -> int:
        return self._learners.accepted.good - len(self._completed())

    def _completed(self) -> set[str]:
        calls = self._ground.courses.calls
        while self._heard < len(calls):
            self._told.add((calls[self._heard][2] or {})["attempt_id"])
            self._heard += 1
        return self._told

    def _seen(self) -> int:
        return self._ground.deliverer.counted()

    def _reach(self, share: float) -> None:
        """Wait for that share of the events; what is stuck for want of a replay is replayed."""
        moved, before = time.monotonic(), -1
        while self._seen() < share * self._events and not self._submitted.is_set():
            if self._seen() != before:
                moved, before = time.monotonic(), self._seen()
            elif time.monotonic() - moved > _STUCK_S:
                _patiently(self._replay)
                moved = time.monotonic()
            self._progress()
            time.sleep(0.05)

    def _finish(self, submitting: threading.Thread) -> None:
        while submitting.is_alive():
            submitting.join(_STUCK_S)
            _patiently(self._replay)
            self._progress()

    def _settle(self) -> None:
        """Until nothing is delivered any more, no dead letter is left, all attempts are final."""
        deadline = time.monotonic() + _GIVE_UP_S
        while time.monotonic() < deadline:
            self._progress()
            time.sleep(0.2)
            if self._ground.deliverer.idle_s() < _QUIET_S or _patiently(self._replay):
                continue
            if not _patiently(self._unfinal):
                return

    def _unfinal(self) -> set[str]:
        attempts, now = wiring.attempts(self._ground.settings), wiring.clock().now()
        unfinal = {
            attempt.id
            for status in _UNFINAL
            for attempt in attempts.untouched_since(status, timestamp(now), limit=1000)
        }
        # Others were made, but nobody was told of them: no recording was accepted.
        return unfinal & self._learners.accepted.planted.keys()

    def _replay(self) -> int:
        letters = self._ground.events.dead_letters(1000)
        for letter in letters:
            self._ground.events.replay(letter.id)
            self._replayed += 1
        return len(letters)

    def _versions(self) -> dict[str, str]:
        attempts = wiring.attempts(self._ground.settings)

        def version(attempt_id: str) -> str:
            return _patiently(lambda: attempts.get(attempt_id).version)

        return {key: version(key) for key in self._learners.accepted.planted}

    def _progress(self) -> None:
        if time.monotonic() - self._said > _SAY_EVERY_S:
            self._said = time.monotonic()
            self._say(f"{self._seen():>6} events, {len(self._completed())} attempts completed")


def _patiently(call: Callable[[], T]) -> T:
    """The stores may be away, or on their way back."""
    deadline = time.monotonic() + _GIVE_UP_S
    while True:
        try:
            return call()
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _plan(events: int) -> Iterator[tuple[int, Planted]]:
    """Attempts that make that many events without any repeat of an announcement."""
    number = 0
    while events > 0:
        planted = _planted(number)
        yield number, planted
        events -= _EVENTS_OF[planted]
        number += 1


def _planted(number: int) -> Planted:
    """A few of each kind early on, then one in twenty-five."""
    if number % 25 == 0 or number in range(2, 24, 3):
        return "unreadable"
    if number % 25 == 1 or number in range(3, 24, 4):
        return "abandoned"
    return "good"
