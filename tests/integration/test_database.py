"""The PostgreSQL engine: what statements leave behind, and what they cost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from shared.adapters.embedded.database import connect
from shared.adapters.embedded.sql import SqlDatabase

# In UTC it is in the year 0, which Python does not know: the driver fails over it.
_UNSENDABLE = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23)))


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    """With one connection, so that every statement meets what the last one left."""
    engine = connect(postgres_url, pool_size=1)
    yield engine
    engine.dispose()


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
