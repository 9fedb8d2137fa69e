"""Whether a service's own stores answer: what a readiness probe asks."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.ports.database import Database
    from shared.ports.documents import Documents
    from shared.ports.objects import Objects

_log = logging.getLogger(__name__)
_PROBE = "readiness"
REMEMBERED_S = 3.0
Check = Callable[[], object]


def reads_documents(documents: "Documents") -> Check:
    return lambda: documents.get(_PROBE, _PROBE)


def reads_objects(objects: "Objects") -> Check:
    return lambda: objects.stat(_PROBE)


def reads_tables(database: "Database") -> Check:
    def read() -> None:
        with database.reading() as connection:
            connection.exec_driver_sql("SELECT 1")

    return read


class Readiness:
    """`checks` by the name of the store; one that raises, or takes too long, is not ready.

    They run at most once every `remembered_s`, whatever asks, and a check that hangs is not
    started again before it has ended: probes cannot load a store that is in trouble.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        within_s: float = 1.0,
        remembered_s: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._within_s = within_s
        self._remembered_s = REMEMBERED_S if remembered_s is None else remembered_s
        self._monotonic = monotonic
        self._asking = threading.Lock()
        self._running: dict[str, _Run] = {}
        self._failing: list[str] = []
        self._valid_until = float("-inf")

    def failing(self) -> list[str]:
        """The names of the stores that do not answer, at most `remembered_s` old."""
        with self._asking:
            if self._monotonic() >= self._valid_until:
                self._failing = self._ask()
                self._valid_until = self._monotonic() + self._remembered_s
            return self._failing

    def _ask(self) -> list[str]:
        for name, check in self._checks.items():
            if name not in self._running or self._running[name].done.is_set():
                self._running[name] = _Run(name, check)
        deadline = self._monotonic() + self._within_s
        for run in self._running.values():
            run.done.wait(max(0.0, deadline - self._monotonic()))
        return [name for name, run in self._running.items() if not run.succeeded]


class _Run:
    """One run of a check, in a thread that nothing waits for at the end of the process."""

    def __init__(self, name: str, check: Check) -> None:
        self.done = threading.Event()
        self.succeeded = False
        self._check = check
        self._name = name
        threading.Thread(target=self._run, name=f"readiness-{name}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._check()
            self.succeeded = True
        except Exception as error:  # noqa: BLE001
            _log.warning("not ready: %s: %s", self._name, type(error).__name__)
        finally:
            self.done.set()
