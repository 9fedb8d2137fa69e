"""A load generator that costs little itself: bytes made beforehand, sockets kept open."""

import socket
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Target:
    """One request to a server on 127.0.0.1.

    `body` is made anew for each, from its number; `callers` are headers used in turns.
    """

    port: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: Callable[[int], bytes] | None = None
    expected: int = 200
    callers: Sequence[Mapping[str, str]] = ({},)

    def request(self, number: int) -> bytes:
        body = self.body(number) if self.body else b""
        headers = {"Host": f"127.0.0.1:{self.port}", **self.headers}
        headers |= self.callers[number % len(self.callers)]
        if self.body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + body


@dataclass(frozen=True, slots=True)
class Load:
    """Milliseconds at the 50th and 99th percentile of one caller, requests a second of ten."""

    p50_ms: float
    p99_ms: float
    per_s: float


class _Connection:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._target.port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, number: int) -> None:
        """One request and its whole answer. Raises `RuntimeError` for another status."""
        self._socket.sendall(self._target.request(number))
        received = b""
        while _HEAD_END not in received:
            chunk = self._socket.recv(65536)
            if not chunk:
                raise RuntimeError("the server closed the connection")
            received += chunk
        head, _, body = received.partition(_HEAD_END)
        lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        missing = int(headers.get("content-length", "0")) - len(body)
        while missing > 0:
            missing -= len(self._socket.recv(65536))
        status = int(lines[0].split()[1])
        if status != self._target.expected:
            raise RuntimeError(f"{self._target.method} {self._target.path} answered {status}")
        if headers.get("connection", "").lower() == "close":
            self._socket.close()
            self._connect()

    def close(self) -> None:
        self._socket.close()


def measure(target: Target, *, requests: int, seconds: float, callers: int = 10) -> Load:
    """`requests` one after the other, then `callers` at once for `seconds`."""
    numbers = count()
    connection = _Connection(target)
    try:
        for _ in range(min(50, requests)):
            connection.exchange(next(numbers))
        times = []
        for _ in range(requests):
            started = time.perf_counter()
            connection.exchange(next(numbers))
            times.append((time.perf_counter() - started) * 1000)
    finally:
        connection.close()
    ranks = statistics.quantiles(times, n=100)
    return Load(ranks[49], ranks[98], _throughput(target, numbers, seconds, callers))


def _throughput(target: Target, numbers: "count[int]", seconds: float, callers: int) -> float:
    done = [0] * callers
    failures: list[BaseException] = []
    deadline = time.perf_counter() + seconds

    def call(index: int) -> None:
        try:
            connection = _Connection(target)
            while time.perf_counter() < deadline:
                connection.exchange(next(numbers))
                done[index] += 1
            connection.close()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=call, args=[index]) for index in range(callers)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError("the load broke off") from failures[0]
    return sum(done) / (time.perf_counter() - started)
