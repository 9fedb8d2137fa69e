"""Reading and writing over the API, beside a bare Flask service and Kinto, in one run.

Each is asked one request at a time (p50, p99) and by ten callers at once (requests a second), in
turns, several rounds; ratios are medians over the rounds. Goals: a read takes at most twice the
p50 of the bare Flask service (same server, same flags), and ten callers are answered at least
twice as often as by Kinto. Fifty learners write in turns; limits on them are counted but wide.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench import kinto
from bench.load import Load, Target, measure
from local import deployables
from local.client import Client
from local.processes import Processes, free_port
from local.seed import seed
from local.sign_up import sign_up
from local.stack import Stack

AUDIO = deployables.ROOT / "tests" / "fixtures" / "audio" / "two-cities.webm"
MOST_OF_HELLO = 2.0
LEAST_OF_KINTO = 2.0
_NEW = b'{"kind":"free_speech","recording":{"content_type":"audio/webm"}}'
_READ, _WRITE = "GET", "POST"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    data = Path(os.environ.get("DATA", deployables.ROOT / ".rostrum")).resolve()
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(
            Path(folder) / "stack", data / "models", free_port(), environment=_unlimited()
        ) as stack,
    ):
        peers = Processes(Path(folder) / "logs", Path(folder) / "pids")
        try:
            targets = _ours(stack) | _peers(peers, data / "bench")
            rounds = [_round(targets, options) for _ in range(options.rounds)]
        finally:
            peers.stop()
    return _report(targets, rounds)


def _unlimited() -> Mapping[str, str]:
    return {
        "ROSTRUM_ATTEMPTS_PER_USER": "1000000",
        "ROSTRUM_ATTEMPTS_PER_ADDRESS": "1000000",
    }


def _ours(stack: Stack) -> dict[str, Target]:
    learner = sign_up(stack.url, stack.outbox)
    headers = {"Authorization": f"Bearer {learner.access_token}"}
    seed(stack)
    with Client(stack.url, learner.access_token) as client:
        created = client.create(AUDIO, text=AUDIO.with_suffix(".txt").read_text())
        client.upload(created, AUDIO.read_bytes())
        *_, finished = client.watch(created["id"], 120)
        waiting = client.create(AUDIO, text=None)
        courses = client.http.get("/v1/courses", params={"search": "interview"}).json()["items"]
    assert stack.processes is not None
    ports = {name: stack.processes.port(name) for name in ("auth", "course", "practice")}

    def read(service: str, path: str) -> Target:
        return Target(ports[service], _READ, path, headers)

    path = f"/v1/attempts/{waiting['id']}"
    return {
        "read an attempt": read("practice", path),
        "read a finished attempt": read("practice", f"/v1/attempts/{finished['id']}"),
        "read a course": read("course", f"/v1/courses/{courses[0]['id']}"),
        "read oneself": read("auth", "/v1/users/me"),
        "read through the gateway": Target(stack.port, _READ, path, headers),
        "write an attempt": Target(
            ports["practice"],
            _WRITE,
            "/v1/attempts",
            {},
            body=lambda _: _NEW,
            expected=201,
            callers=_learners(stack),
        ),
    }


def _learners(stack: Stack) -> list[dict[str, str]]:
    """Learners at their own addresses, for what is limited by both."""
    return [
        {
            "Authorization": f"Bearer {stack.learner_token(f'learner-{number}')}",
            "X-Forwarded-For": f"192.0.2.{number}",
        }
        for number in range(50)
    ]


def _peers(processes: Processes, folder: Path) -> dict[str, Target]:
    folder.mkdir(parents=True, exist_ok=True)
    hello = deployables.service("hello", "bench.hello", {}, free_port())
    peer = kinto.command(folder, free_port())
    processes.start(hello, peer)
    read, write = kinto.targets(peer.port)
    return {
        "hello, read": Target(hello.port, _READ, "/", {}),
        "hello, write": Target(hello.port, _WRITE, "/", {}, body=lambda _: _NEW, expected=201),
        "Kinto, read": read,
        "Kinto, write": write,
    }


def _round(targets: Mapping[str, Target], options: argparse.Namespace) -> dict[str, Load]:
    return {
        name: measure(target, requests=options.requests, seconds=options.seconds)
        for name, target in targets.items()
    }


def _report(targets: Mapping[str, Target], rounds: list[dict[str, Load]]) -> int:
    print(f"{'':<26}{'p50 ms':>8}{'p99 ms':>8}{'per s':>8}{'p50/hello':>11}{'rate/Kinto':>12}")
    met = True
    for name, target in targets.items():
        kind = "read" if target.method == _READ else "write"
        loads = [each[name] for each in rounds]
        slower = statistics.median(r[name].p50_ms / r[f"hello, {kind}"].p50_ms for r in rounds)
        faster = statistics.median(r[name].per_s / r[f"Kinto, {kind}"].per_s for r in rounds)
        print(
            f"{name:<26}{statistics.median(x.p50_ms for x in loads):>8.2f}"
            f"{statistics.median(x.p99_ms for x in loads):>8.2f}"
            f"{statistics.median(x.per_s for x in loads):>8.0f}{slower:>11.2f}{faster:>12.2f}"
        )
        if name.startswith("read a"):
            met = met and slower <= MOST_OF_HELLO and faster >= LEAST_OF_KINTO
    print(f"goals for reads: p50 at most {MOST_OF_HELLO} of hello's, ", end="")
    print(f"at least {LEAST_OF_KINTO} of Kinto's rate: {'met' if met else 'not met'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
