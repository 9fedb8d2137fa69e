"""Accounts in PostgreSQL: restored to a chosen second, then after a crash, then erased again."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from bench.restore_drill.cluster import (
    Archive,
    Server,
    archiving,
    engine_of,
    restore,
    wait_archived,
)
from bench.restore_drill.sequence import (
    Differences,
    Writer,
    accounts,
    committed_at,
    compare,
    last_number,
)
from local import deployables
from run_services.auth.data_rights.erasures import AccountErasures
from run_services.auth.reapply_erasures import Settings
from shared import wiring
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.database import create_tables, deliveries
from shared.adapters.embedded.events import PostgresEvents, Subscription
from shared.adapters.postgresql.migrations import upgrade
from shared.domain.events import ACCOUNT_ERASED
from shared.domain.identity import Principal

_BEFORE_BACKUP = 50


@dataclass(frozen=True, slots=True)
class Restored:
    """One restore: `rto_s` to the first answered query, `rpo_s` of transactions lost.

    `lost` is how many acknowledged transactions those were.
    """

    rto_s: float
    rpo_s: float
    lost: int
    differences: Differences


@dataclass(frozen=True, slots=True)
class AccountsDrill:
    """`back` are the accounts erased after the chosen second that the restore brought back.

    `left` are those still there when the ledger was reapplied, `announced` whose other data every
    service was told to erase.
    """

    chosen: datetime
    archived_within_s: float
    archive_every_s: int
    archive_mb: float
    base_backup_s: float
    to_second: Restored
    after_crash: Restored
    back: set[str]
    left: set[str]
    announced: set[str]

    @property
    def exact(self) -> bool:
        same = self.to_second.differences.none and self.after_crash.differences.none
        return same and bool(self.back) and not self.left and self.back <= self.announced


def drill(folder: Path, seconds: float, per_s: float = 50.0) -> AccountsDrill:
    """Write for `seconds` before the chosen second and as long after it."""
    archive = Archive(folder / "archive")
    primary, restored, rescued = (Server(folder / name) for name in ("primary", "second", "crash"))
    try:
        primary.start(archiving(archive))
        with engine_of(primary) as engine:
            _prepare(engine)
            erasures = _erasures(_settings(folder, primary.url))
            writer = Writer(engine, per_s)
            for _ in range(_BEFORE_BACKUP):
                writer.write()
            base_backup_s = _timed(lambda: primary.back_up(archive.backup))
            writer.start()
            time.sleep(seconds)
            before, after = (written.user.id for written in writer.written[:2])
            _erase(erasures, before)
            chosen = _next_whole_second()
            _erase(erasures, after)
            time.sleep(seconds)
            archived_within_s = wait_archived(engine, archive)
            rto_s = restore(archive, restored, chosen)
            to_second = _to_second(engine, restored, writer, chosen, rto_s, {before})
            writer.stop()
        primary.lose()
        megabytes = archive.megabytes
        after_crash = _after_crash(archive, rescued, writer, {before, after})
        with engine_of(restored) as engine:
            back = accounts(engine, {after})
            settings = _settings(folder, restored.url)
            deployables.reapply_erasures(_environment(settings), log=folder / "reapply.log")
            left, announced = accounts(engine, {before, after}), _announced(engine)
    finally:
        for server in (primary, restored, rescued):
            server.stop()
    return AccountsDrill(
        chosen,
        archived_within_s,
        archive.every_s,
        megabytes,
        base_backup_s,
        to_second,
        after_crash,
        back,
        left,
        announced,
    )


def _to_second(
    primary: sa.Engine,
    restored: Server,
    writer: Writer,
    chosen: datetime,
    rto_s: float,
    erased: set[str],
) -> Restored:
    written = list(writer.written)
    times = committed_at(primary, written)
    expected = [one for one, at in zip(written, times, strict=True) if at <= chosen]
    with engine_of(restored) as engine:
        differences = compare(engine, expected, erased)
    last = max(at for at in times if at <= chosen)
    return Restored(rto_s, (chosen - last).total_seconds(), 0, differences)


def _after_crash(archive: Archive, server: Server, writer: Writer, erased: set[str]) -> Restored:
    rto_s = restore(archive, server, None)
    with engine_of(server) as engine:
        reached = last_number(engine)
        differences = compare(engine, writer.written[:reached], erased)
    final, restored = writer.written[-1], writer.written[reached - 1]
    rpo_s = (final.acknowledged_at - restored.acknowledged_at).total_seconds()
    return Restored(rto_s, rpo_s, final.number - reached, differences)


def _prepare(engine: sa.Engine) -> None:
    create_tables(engine)
    for schema, scripts in deployables.migrations():
        upgrade(engine, scripts, schema)
    # Whom the ledger names is announced to this queue.
    queue = Subscription("account_eraser", ACCOUNT_ERASED, "http://127.0.0.1:9/")
    PostgresEvents(engine, SystemClock()).subscribe(queue)


def _settings(folder: Path, url: str) -> Settings:
    return Settings(
        engine="embedded",
        database_url=SecretStr(url),
        objects_dir=folder / "objects",
        objects_secret=SecretStr("of the restore drill, and of nothing else"),
    )


def _environment(settings: Settings) -> dict[str, str]:
    assert settings.database_url is not None
    assert settings.objects_secret is not None
    return {
        "ROSTRUM_ENGINE": settings.engine,
        "ROSTRUM_DATABASE_URL": settings.database_url.get_secret_value(),
        "ROSTRUM_OBJECTS_DIR": str(settings.objects_dir),
        "ROSTRUM_OBJECTS_SECRET": settings.objects_secret.get_secret_value(),
    }


def _erasures(settings: Settings) -> AccountErasures:
    return AccountErasures(
        wiring.sql_database(settings),
        wiring.ledger(settings),
        wiring.events(settings),
        wiring.rate_limits(settings),
        wiring.clock(),
    )


def _erase(erasures: AccountErasures, user_id: str) -> None:
    now = int(datetime.now(UTC).timestamp())
    erasures.request(Principal(user_id, "learner", authenticated_at=now))


def _next_whole_second() -> datetime:
    """Return when the second answered has just passed."""
    chosen = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    while datetime.now(UTC) <= chosen:
        time.sleep(0.001)
    return chosen


def _announced(engine: sa.Engine) -> set[str]:
    """Whose erasure every service was told of."""
    with engine.begin() as connection:
        bodies = connection.execute(sa.select(deliveries.c.body)).scalars()
        events = [json.loads(base64.b64decode(body["message"]["data"])) for body in bodies]
    return {event["user_id"] for event in events}


def _timed(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
