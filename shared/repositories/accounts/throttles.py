"""How often something was tried. Every method works in the caller's transaction.

Each is one upsert, so that any number of callers at once neither deadlock nor slip through:
what is counted is the try, before it is known how it ends.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.repositories.accounts.tables import throttles

_PURGED_AT_ONCE = 10
_TIME = sa.DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class BackOff:
    """After `free` failures each further one blocks twice as long, from `first` up to `longest`.

    Failures are forgotten `memory` after the last one.
    """

    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    memory: timedelta = timedelta(hours=24)


def throttle_key(*parts: str) -> bytes:
    """The key of what is limited: a hash, so that no address is kept."""
    return hashlib.sha256("\0".join(parts).encode()).digest()


class Throttles:
    def count(
        self,
        connection: sa.Connection,
        key: bytes,
        limit: int,
        window: timedelta,
        now: datetime,
    ) -> timedelta | None:
        """Count one of `limit` in the present window; when it was one too many, how long to wait.

        Windows are fixed: the first try opens one, and the first after its end the next.
        """
        lapsed = throttles.c.window_ends_at <= now
        counted = connection.execute(
            insert(throttles)
            .values(key=key, count=1, window_ends_at=now + window)
            .on_conflict_do_update(
                index_elements=[throttles.c.key],
                set_={
                    "count": sa.case((lapsed, 1), else_=throttles.c.count + 1),
                    "window_ends_at": sa.case(
                        (lapsed, now + window), else_=throttles.c.window_ends_at
                    ),
                },
            )
            .returning(throttles.c.count.label("tries"), throttles.c.window_ends_at)
        ).one()
        if counted.tries == 1:
            self._purge(connection, now)
        ends_at: datetime = counted.window_ends_at
        return ends_at - now if counted.tries > limit else None

    def attempt(
        self, connection: sa.Connection, key: bytes, back_off: BackOff, now: datetime
    ) -> timedelta | None:
        """Count a failure in advance; when the key is blocked, count nothing: how long to wait.

        An attempt that ends otherwise is taken back by `undo` or `reset`.
        """
        lapsed = throttles.c.window_ends_at <= now
        failures = sa.case((lapsed, 1), else_=throttles.c.count + 1)
        doublings = sa.func.least(failures - back_off.free, 30)
        block_s = sa.func.least(
            back_off.longest.total_seconds(),
            back_off.first.total_seconds() * sa.func.power(2.0, doublings, type_=sa.Double),
        )
        block = sa.func.make_interval(0, 0, 0, 0, 0, 0, block_s, type_=sa.Interval)
        first = now + back_off.first if back_off.free <= 1 else None
        counted = connection.execute(
            insert(throttles)
            .values(key=key, count=1, window_ends_at=now + back_off.memory, blocked_until=first)
            .on_conflict_do_update(
                index_elements=[throttles.c.key],
                set_={
                    "count": failures,
                    "window_ends_at": now + back_off.memory,
                    "blocked_until": sa.case(
                        (failures >= back_off.free, sa.literal(now, _TIME) + block), else_=None
                    ),
                },
                where=sa.or_(throttles.c.blocked_until.is_(None), throttles.c.blocked_until <= now),
            )
            .returning(throttles.c.count.label("tries"))
        ).first()
        if counted is not None:
            if counted.tries == 1:
                self._purge(connection, now)
            return None
        blocked = connection.scalar(
            sa.select(throttles.c.blocked_until).where(throttles.c.key == key)
        )
        return max(blocked - now, timedelta(0)) if blocked else timedelta(0)

    def undo(self, connection: sa.Connection, key: bytes) -> None:
        """The attempt was no failure: count it no longer, and lift the block it brought."""
        connection.execute(
            sa.update(throttles)
            .where(throttles.c.key == key)
            .values(count=sa.func.greatest(throttles.c.count - 1, 0), blocked_until=None)
        )

    def reset(self, connection: sa.Connection, key: bytes) -> None:
        """Forget every failure of this key."""
        connection.execute(sa.delete(throttles).where(throttles.c.key == key))

    def _purge(self, connection: sa.Connection, now: datetime) -> None:
        """Each new key clears away a few lapsed ones, none that another transaction holds."""
        lapsed = (
            sa.select(throttles.c.key)
            .where(throttles.c.window_ends_at <= now)
            .order_by(throttles.c.window_ends_at)
            .limit(_PURGED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        connection.execute(sa.delete(throttles).where(throttles.c.key.in_(lapsed)))
