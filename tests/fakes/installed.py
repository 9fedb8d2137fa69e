"""Virtual environments with locked requirements and nothing else, and programs run in them.

uv installs what pip would, by the same hashes; from its cache, it links files.
"""

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.processes import free_port, is_listening

_UV = (sys.executable, "-m", "uv")
_LISTENS_WITHIN_S = 90.0


def install(requirements: Path, folder: Path) -> None:
    """Wheels alone, so that no installation needs a compiler."""
    subprocess.run([*_UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    into = ["--quiet", "--python", folder / "bin" / "python"]
    strict = ["--require-hashes", "--no-build", "--requirement", requirements]
    subprocess.run([*_UV, "pip", "install", *into, *strict], check=True, timeout=250)


class Environments:
    """One for each different content of a requirements file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def programs(self, requirements: Path) -> Path:
        """The folder of the environment's programs."""
        digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
        environment = self._folder / digest
        if not environment.exists():
            install(requirements, environment)
        return environment / "bin"


@dataclass(frozen=True, slots=True)
class Server:
    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    def said(self, text: str) -> bool:
        return text in self.log.read_text()


@contextmanager
def running(
    command: Sequence[str | Path], environment: Mapping[str, str], folder: Path, log: Path
) -> Iterator[Server]:
    """A program in `folder` that knows `environment`, PORT and nothing else, once it listens."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + _LISTENS_WITHIN_S
        while not is_listening(port):
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.02)
        yield Server(process, f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
