"""Workers that die and are born again within milliseconds: a fork server.

`python -m bench.faults.nursery FILE` imports everything once, binds every worker's port and forks
each worker from itself; whoever dies is forked anew. What was sent meanwhile waits on the port.
"""

import contextlib
import ctypes
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from bench.faults.kill_points import Journal, KillPoints
from bench.faults.workers import TEXT, Conditions, ScriptedTranscriber, app
from local.deployables import ROOT

_BACKLOG = 256
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Plan:
    """What to run: for each worker its port, how many processes share it, and their threads."""

    seed: int
    chance: float
    folder: str
    began_at: float
    haste: float
    workers: dict[str, tuple[int, int, bool]]

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)))


class Nursery:
    """Single-threaded and without a connection, so that it can fork at any time."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sockets = {name: _bound(port) for name, (port, _, _) in plan.workers.items()}
        self._children: dict[int, str] = {}
        self._born = 0

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        for name, (_, copies, _) in self._plan.workers.items():
            for _ in range(copies):
                self._bear(name)
        while True:
            pid, status = os.wait()
            name = self._children.pop(pid)
            if os.WIFEXITED(status):
                time.sleep(0.2)  # it ended by itself: that is a fault of its own
            self._bear(name)

    def _bear(self, name: str) -> None:
        self._born += 1
        pid = os.fork()
        if pid:
            self._children[pid] = name
            return
        try:
            self._live(name)
        except BaseException:  # noqa: BLE001 - whatever it was, it must not run the parent's code
            traceback.print_exc()
        finally:
            os._exit(1)

    def _live(self, name: str) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                pass

        plan = self._plan
        conditions = _conditions(plan, name, self._born)
        port, _, threaded = plan.workers[name]
        make_server(
            "127.0.0.1",
            port,
            app(name, conditions),
            threaded=threaded,
            request_handler=Quiet,
            fd=self._sockets[name].fileno(),
        ).serve_forever()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)


def _bound(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(_BACKLOG)
    return listening


def _preload(plan: Plan) -> None:
    """What every worker would otherwise load after each of its deaths; nothing is connected.

    Which modules that are is found out by children that build each worker once.
    """
    from shared.speech.assess import assess

    data = (ROOT / "tests" / "fixtures" / "audio" / "austen.wav").read_bytes()
    transcriber = ScriptedTranscriber(calls=1)
    assess(data, kind="read_aloud", language="en", reference=TEXT, transcriber=transcriber)
    for name in plan.workers:
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            app(name, _conditions(plan, name, born=0))
            with os.fdopen(writing, "w") as found:
                found.write("\n".join(sys.modules))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as found:
            for module in found.read().split():
                # "main" is what each function's own main.py is loaded as.
                if module.partition(".")[0] not in ("main", "__main__"):
                    with contextlib.suppress(ImportError):
                        importlib.import_module(module)
        os.waitpid(pid, 0)


def _conditions(plan: Plan, name: str, born: int) -> Conditions:
    folder = Path(plan.folder)
    return Conditions(
        kills=KillPoints(name, folder / "kills", plan.chance, f"{plan.seed} {name} {born}"),
        journal=Journal(folder / "journal"),
        away=folder / "gateway-away",
        began_at=plan.began_at,
        haste=plan.haste,
    )


def main() -> None:
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text()))
    _preload(plan)
    Nursery(plan).run()


if __name__ == "__main__":
    main()
