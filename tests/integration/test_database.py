"""The PostgreSQL engine: what statements leave behind, and what they cost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.database import deliveries
from shared.adapters.embedded.events import PostgresEvents, Subscription
from shared.adapters.postgresql import engine as engine_module
from shared.adapters.postgresql.engine import connect, serializable, single
from shared.adapters.postgresql.sql import SqlDatabase

# In UTC it is in the year 0, which Python does not know: the driver fails over it.
_UNSENDABLE = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23)))


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    """With one connection, so that every statement meets what the last one left."""
    engine = connect(postgres_url, pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture
def idle_engine(
    database: sa.Engine, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> sa.Engine:
    """Whose connection has always lain idle, and is checked before use."""
    monkeypatch.setattr(engine_module, "_TRUSTED_FOR_S", -1.0)
    with engine.connect():
        return engine


def test_what_is_written_alone_after_a_pause_stays(idle_engine) -> None:
    events = PostgresEvents(idle_engine, SystemClock())
    events.subscribe(Subscription("probe", "probe", "http://unused"))
    events.publish("probe", {"n": 1})
    delivery = events.claim(Subscription("probe", "probe", "http://unused"))
    assert delivery is not None
    assert events.claim(delivery.subscription) is None
    events.acknowledge(delivery)
    with idle_engine.connect() as connection:
        left = connection.execute(sa.select(sa.func.count()).select_from(deliveries))
        assert left.scalar_one() == 0


def test_a_transaction_after_a_pause_is_as_isolated(idle_engine) -> None:
    for _ in range(2):
        with serializable(idle_engine) as connection:
            asked = connection.exec_driver_sql("SHOW transaction_isolation")
            assert asked.scalar_one() == "serializable"
        with single(idle_engine) as connection:
            asked = connection.exec_driver_sql("SELECT now() = statement_timestamp()")
            assert asked.scalar_one() is True


@pytest.mark.parametrize("way", ["transaction", "reading"])
def test_nobody_gets_the_answer_of_a_statement_that_failed_in_the_driver(engine, way) -> None:
    database = SqlDatabase(engine)
    moment = sa.literal(_UNSENDABLE, sa.DateTime(timezone=True))
    for number in range(3):
        with pytest.raises(OverflowError), getattr(database, way)() as connection:
            connection.execute(sa.select(moment))
        with getattr(database, way)() as connection:
            assert connection.execute(sa.select(sa.literal(number))).scalar_one() == number


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 5, 100_000, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_times_come_back_as_they_went(engine, moment, zone) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(f"SET LOCAL TIME ZONE '{zone}'"))
        read = connection.execute(sa.select(sa.literal(moment, sa.DateTime(timezone=True))))
        found = read.scalar_one()
    assert (found, found.tzinfo is None) == (moment, False)


def test_reading_opens_no_transaction_and_leaves_none_open(engine, database) -> None:
    def state(connection: sa.Connection) -> str:
        pid = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
        asked = sa.text("SELECT state FROM pg_stat_activity WHERE pid = :pid")
        with database.connect() as observer:
            return observer.execute(asked, {"pid": pid}).scalar_one()

    port = SqlDatabase(engine)
    for _ in range(2):
        with port.reading() as connection:
            assert state(connection) == "idle"
        with port.transaction() as connection:
            assert state(connection) == "idle in transaction"
