"""Cold starts of every service and function in production wiring, beside what they cannot beat.

Spawn to the first answer (of a service 200 at /v1/health, of a function the 405 with which
functions-framework answers every GET of an event function), beside a functions-framework hello.
Spawn to the first real answer (a service's authenticated read, a function's first write for its
event), beside a bare script that imports the same libraries and makes the same call with the SDK
itself. All in turns, several rounds; ratios are medians of pairs. Against the Firestore and
Pub/Sub emulators, fake-gcs-server, and Cloud SQL's connector before a real PostgreSQL.
"""

import argparse
import contextlib
import http.client
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cold_start.cases import WITHIN_S, Case, cases
from bench.cold_start.ground import Ground, ground
from local import deployables
from local.processes import Command, free_port

MOST_OF_HELLO = 1.5
MOST_OF_BARE = 1.3
_HERE = Path(__file__).parent
_SERVING = (http.client.OK, http.client.METHOD_NOT_ALLOWED)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the spawn."""

    hello: float
    ready: float
    bare: float
    answer: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="*", default=[], help="names of deployables")
    options = parser.parse_args()
    data = Path(os.environ.get("DATA", deployables.ROOT / ".rostrum")).resolve()
    with ground(data / "models") as place:
        chosen = [case for case in cases(place) if not options.only or case.name in options.only]
        rounds = [
            {case.name: _measure(case, place) for case in chosen} for _ in range(options.rounds + 1)
        ]
    # The first one fills the caches of the disk.
    return _report([case.name for case in chosen], rounds[1:])


def _measure(case: Case, place: Ground) -> Times:
    hello, _ = _served(_hello(place), "/", lambda _: 0.0)
    bare = _script(case.bare, place.environment)
    ready, answer = _served(case.command(), case.ready, case.act)
    return Times(hello, ready, bare, answer)


def _hello(place: Ground) -> Command:
    port = free_port()
    program = str(Path(sys.executable).with_name("functions-framework"))
    arguments = [
        program,
        "--target=hello",
        "--signature-type=cloudevent",
        f"--source={_HERE / 'hello.py'}",
    ]
    arguments += ["--host=127.0.0.1", f"--port={port}"]
    folder = place.folder / "hello"
    folder.mkdir(exist_ok=True)
    return Command("hello", arguments, {"THREADS": "1", "XDG_RUNTIME_DIR": str(folder)}, port)


def _served(command: Command, path: str, act: Callable[[int], float]) -> tuple[float, float]:
    """Seconds to the first answer at `path`, and to what `act` waits for."""
    with _spawned(command.arguments, command.environment) as (_, started):
        _await_answer(command.port, path, started + WITHIN_S)
        ready = time.monotonic()
        return ready - started, act(command.port) - started


def _script(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    command = [sys.executable, str(_HERE / "bare.py"), *arguments]
    with _spawned(command, environment, output=subprocess.PIPE) as (process, started):
        assert process.stdout is not None
        if process.stdout.readline() != b"done\n":
            raise RuntimeError(f"the bare script failed: {arguments}")
        return time.monotonic() - started


@contextlib.contextmanager
def _spawned(
    arguments: Sequence[str], environment: Mapping[str, str], output: int = subprocess.DEVNULL
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    started = time.monotonic()
    process = subprocess.Popen(
        arguments,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output == subprocess.PIPE else subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process, started
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _await_answer(port: int, path: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
        try:
            connection.request("GET", path)
            if connection.getresponse().status in _SERVING:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.005)
    raise TimeoutError(f"no answer at {path}")


def _report(names: Sequence[str], rounds: Sequence[Mapping[str, Times]]) -> int:
    print(
        f"{'ms, medians':<20}{'hello':>8}{'first':>8}{'ratio':>8}{'bare':>8}{'real':>8}{'ratio':>8}"
    )
    missed = []
    for name in names:
        times = [each[name] for each in rounds]
        hello, ready, bare, answer = (
            statistics.median(getattr(each, column) for each in times) * 1000
            for column in ("hello", "ready", "bare", "answer")
        )
        start = statistics.median(each.ready / each.hello for each in times)
        work = statistics.median(each.answer / each.bare for each in times)
        print(
            f"{name:<20}{hello:>8.0f}{ready:>8.0f}{start:>8.2f}"
            f"{bare:>8.0f}{answer:>8.0f}{work:>8.2f}"
        )
        if start > MOST_OF_HELLO or work > MOST_OF_BARE:
            missed.append(name)
    print(f"goals: a first answer within {MOST_OF_HELLO} of hello, ", end="")
    print(f"a real one within {MOST_OF_BARE} of the bare script: ", end="")
    print(f"missed by {', '.join(missed)}" if missed else "met by all")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
