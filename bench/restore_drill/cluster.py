"""A PostgreSQL server with an archive of its WAL, its base backup, and servers restored from both.

Continuous archiving and point-in-time recovery as PostgreSQL documents them, which is also what
Cloud SQL does: https://www.postgresql.org/docs/current/continuous-archiving.html.
"""

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from local import postgres
from local.postgres import Postgres
from local.processes import Command, Processes, free_port
from shared.adapters.postgresql.engine import connect

_PASSWORD = "restore-drill"  # noqa: S105  (of servers that live for a minute on 127.0.0.1)
_WITHIN_S = 60.0


@dataclass(frozen=True)
class Archive:
    """Where base backup and WAL lie: all that a lost server leaves behind.

    A segment of WAL is archived when it is full, and at the latest `every_s` after its first write.
    """

    folder: Path
    every_s: int = 2
    backup: Path = field(init=False)
    wal: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "backup", self.folder / "base")
        object.__setattr__(self, "wal", self.folder / "wal")
        self.wal.mkdir(parents=True)

    @property
    def megabytes(self) -> float:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return sum(path.stat().st_size for path in files) / 1e6

    def store_command(self) -> str:
        # Renamed when whole, so that a server killed while it copies leaves no half segment.
        part, whole = (shlex.quote(str(self.wal / name)) for name in ("%f.part", "%f"))
        return f"cp %p {part} && mv {part} {whole}"

    def fetch_command(self) -> str:
        return f"cp {shlex.quote(str(self.wal))}/%f %p"


class Server:
    """One PostgreSQL on 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self._postgres = Postgres(folder / "data", port := free_port(), _PASSWORD)
        self._processes = Processes(folder / "logs", folder / "pids")
        self._port = port
        self.data = folder / "data"
        self.url = postgres.url(port, _PASSWORD)

    def start(self, options: Mapping[str, str]) -> None:
        command = self._postgres.prepare()
        flags = [f"--{name}={value}" for name, value in options.items()]
        # Stopping one means losing it: nothing is flushed, nothing more is archived.
        lost: Command = replace(
            command, arguments=[*command.arguments, *flags], stop_signal=signal.SIGKILL
        )
        self._processes.start(lost)

    def lose(self) -> None:
        """Kill it, and take its disk away."""
        self.stop()
        shutil.rmtree(self.data)

    def stop(self) -> None:
        self._processes.stop()

    def back_up(self, target: Path) -> None:
        """A base backup without WAL: that is in the archive."""
        program = self._postgres.program("pg_basebackup")
        address = ["-h", "127.0.0.1", "-p", str(self._port), "-U", "postgres"]
        subprocess.run(
            [*program, *address, "-D", str(target), "-X", "none", "-c", "fast", "--no-sync"],
            env={**os.environ, "PGPASSWORD": _PASSWORD},
            check=True,
            capture_output=True,
        )


@contextmanager
def engine_of(server: Server) -> Iterator[sa.Engine]:
    engine = connect(server.url)
    try:
        yield engine
    finally:
        engine.dispose()


def archiving(archive: Archive) -> Mapping[str, str]:
    """The options of a server whose WAL is archived."""
    return {
        "archive_mode": "on",
        "archive_command": archive.store_command(),
        "archive_timeout": str(archive.every_s),
        "track_commit_timestamp": "on",
    }


def restore(archive: Archive, server: Server, until: datetime | None) -> float:
    """Bring the backup up in `server`, which is new, with all that was committed by `until`.

    None means as far as the archive reaches. Seconds from the start to the first answered query;
    the server then takes writes. Raises `StartError` when the archive does not reach `until`.
    """
    started = time.perf_counter()
    shutil.copytree(archive.backup, server.data)
    (server.data / "recovery.signal").touch()
    options = {"restore_command": archive.fetch_command(), "hot_standby": "off"}
    options |= {"recovery_target_action": "promote", "track_commit_timestamp": "on"}
    if until is not None:
        options["recovery_target_time"] = until.isoformat()
    server.start(options)
    with engine_of(server) as engine, engine.begin() as connection:
        if connection.execute(sa.text("SELECT pg_is_in_recovery()")).scalar_one():
            raise RuntimeError("the restored server is not open for writing")
    return time.perf_counter() - started


def wait_archived(engine: sa.Engine, archive: Archive) -> float:
    """Wait until what is written so far is in the archive; how many seconds that took."""
    started = time.perf_counter()
    with engine.begin() as connection:
        segment = connection.execute(sa.text("SELECT pg_walfile_name(pg_current_wal_lsn())"))
        name = str(segment.scalar_one())
    while not (archive.wal / name).exists():
        if time.perf_counter() - started > _WITHIN_S:
            raise TimeoutError(f"WAL segment {name} was not archived")
        time.sleep(0.02)
    return time.perf_counter() - started
