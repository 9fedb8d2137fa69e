"""A known sequence of transactions: what a restored database is compared with, row by row."""

import hashlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.adapters.embedded.clock import SystemClock
from shared.domain.user import User
from shared.repositories.accounts import tables
from shared.repositories.accounts.users import Users

_metadata = sa.MetaData()
_sequence = sa.Table(
    "restore_drill",
    _metadata,
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Written:
    """One transaction that was acknowledged: an account opened, and its place in the sequence."""

    number: int
    user: User
    transaction: str
    acknowledged_at: datetime


@dataclass(frozen=True, slots=True)
class Differences:
    """Of the restored rows against what was written; all empty when the restore is exact."""

    compared: int
    missing: Sequence[int]
    unexpected: Sequence[int]
    changed: Sequence[int]

    @property
    def none(self) -> bool:
        return not (self.missing or self.unexpected or self.changed)


class Writer:
    """Opens accounts at `per_s` transactions a second until stopped."""

    def __init__(self, engine: sa.Engine, per_s: float) -> None:
        self._engine = engine
        self._pause_s = 1 / per_s
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._clock = SystemClock()
        self.written: list[Written] = []
        _metadata.create_all(engine)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Return when the last transaction has ended. Raises what made the sequence break off."""
        self._stopping.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def write(self) -> Written:
        number, now = len(self.written) + 1, self._clock.now()
        address = f"learner-{number}@example.org"
        user = User(
            self._clock.new_id(), address, address, "learner", "en", "UTC", now, now, name=f"{now}"
        )
        row = {"number": number, "stamped_at": now, "digest": _digest(number, asdict(user))}
        with self._engine.begin() as connection:
            Users().add(connection, user)
            connection.execute(sa.insert(_sequence).values(row))
            transaction = connection.execute(sa.text("SELECT pg_current_xact_id()::text"))
            transaction_id = str(transaction.scalar_one())
        written = Written(number, user, transaction_id, self._clock.now())
        self.written.append(written)
        return written

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self.write()
                time.sleep(self._pause_s)
        except BaseException as error:  # noqa: BLE001
            self._failure = error


def committed_at(engine: sa.Engine, written: Sequence[Written]) -> list[datetime]:
    """When each was committed by the server's own record, which is what a restore goes by."""
    commit = sa.text("SELECT pg_xact_commit_timestamp(CAST(:id AS text)::xid)")
    with engine.begin() as connection:
        return [connection.execute(commit, {"id": w.transaction}).scalar_one() for w in written]


def compare(engine: sa.Engine, expected: Sequence[Written], erased: set[str]) -> Differences:
    """Every row of the sequence and of its accounts, but for the accounts in `erased`."""
    with engine.begin() as connection:
        rows = {row.number: row for row in connection.execute(sa.select(_sequence))}
        accounts = {
            row["id"]: dict(row) for row in connection.execute(sa.select(tables.users)).mappings()
        }
    known = {w.user.id: w for w in expected if w.user.id not in erased}
    wanted = {w.number for w in expected}
    missing = wanted - rows.keys() | {
        w.number for user_id, w in known.items() if user_id not in accounts
    }
    changed = [
        w.number
        for w in expected
        if w.number in rows and rows[w.number].digest != _digest(w.number, asdict(w.user))
    ]
    changed += [
        w.number
        for user_id, w in known.items()
        if user_id in accounts and not _same(accounts[user_id], w)
    ]
    strangers = [_number(accounts[user_id]) for user_id in accounts.keys() - known.keys()]
    unexpected = sorted(rows.keys() - wanted) + strangers
    return Differences(len(rows) + len(accounts), sorted(missing), unexpected, changed)


def last_number(engine: sa.Engine) -> int:
    """How far the sequence goes."""
    with engine.begin() as connection:
        number = connection.execute(sa.select(sa.func.max(_sequence.c.number)))
        return int(number.scalar_one())


def accounts(engine: sa.Engine, ids: set[str]) -> set[str]:
    """Which of these are in the database."""
    with engine.begin() as connection:
        found = sa.select(tables.users.c.id).where(tables.users.c.id.in_(ids))
        return set(connection.execute(found).scalars())


def _same(account: Mapping[str, Any], written: Written) -> bool:
    user = asdict(written.user) | {"goals": list(written.user.goals)}
    return all(value == user[name] for name, value in account.items())


def _number(account: Mapping[str, Any]) -> int:
    return int(account["email"].removeprefix("learner-").partition("@")[0])


def _digest(number: int, user: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{number} {sorted(user.items())}".encode()).hexdigest()
