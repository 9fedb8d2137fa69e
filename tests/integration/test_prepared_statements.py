"""Repeated statements are prepared, and survive what makes a prepared one stale."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from shared.adapters.postgresql.engine import connect, single, sqlstate

BY_ID = sa.text("SELECT * FROM prepared_probe WHERE id = :id")


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    engine = connect(postgres_url, pool_size=1)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE prepared_probe (id int PRIMARY KEY, name text)"))
        connection.execute(sa.text("INSERT INTO prepared_probe VALUES (1, 'one'), (2, 'two')"))
    yield engine
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE prepared_probe"))
    engine.dispose()


def read(engine: sa.Engine, id: int) -> tuple[object, ...]:
    with single(engine) as connection:
        return tuple(connection.execute(BY_ID, {"id": id}).one())


def prepared(engine: sa.Engine) -> int:
    with single(engine) as connection:
        return connection.exec_driver_sql(
            "SELECT count(*) FROM pg_prepared_statements"
        ).scalar_one()


def test_a_repeated_read_is_prepared_once(engine) -> None:
    assert [read(engine, number) for number in (1, 2, 1)] == [(1, "one"), (2, "two"), (1, "one")]
    assert prepared(engine) == 1


def test_documents_are_written_on_when_the_server_forgets(engine) -> None:
    documents = PostgresDocuments(engine, SystemClock())
    for number in range(3):
        documents.transact(lambda t, n=number: t.set("probe", "a", {"n": n}))
        assert documents.get("probe", "a").data == {"n": number}
        with single(engine) as connection:
            connection.exec_driver_sql("DEALLOCATE ALL")
    documents.delete("probe", "a")
    assert prepared(engine) == 1


def test_what_runs_in_another_transaction_is_not(engine) -> None:
    with engine.begin() as connection:
        assert tuple(connection.execute(BY_ID, {"id": 1}).one()) == (1, "one")
    assert prepared(engine) == 0


def test_a_table_that_changes_its_shape_is_read_on(engine) -> None:
    assert read(engine, 1) == (1, "one")
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE prepared_probe ADD COLUMN more int DEFAULT 7"))
    assert [read(engine, number) for number in (1, 2)] == [(1, "one", 7), (2, "two", 7)]


def test_a_server_that_forgets_its_statements_is_asked_anew(engine) -> None:
    assert read(engine, 1) == (1, "one")
    with single(engine) as connection:
        connection.exec_driver_sql("DEALLOCATE ALL")
    assert [read(engine, number) for number in (1, 2)] == [(1, "one"), (2, "two")]


def test_a_statement_that_fails_fails_alone(engine) -> None:
    divide = sa.text("SELECT 10 / CAST(:by AS int)")
    for _ in range(2):
        with single(engine) as connection:
            assert connection.execute(divide, {"by": 5}).scalar_one() == 2
        with pytest.raises(sa.exc.DBAPIError), single(engine) as connection:
            connection.execute(divide, {"by": 0})
    with pytest.raises(sa.exc.DBAPIError), single(engine) as connection:
        connection.execute(sa.text("SELECT nothing FROM nowhere WHERE 1 = :one"), {"one": 1})
    assert read(engine, 2) == (2, "two")


@pytest.mark.parametrize("way", ["prepared", "in a transaction"])
def test_a_taken_key_is_told_as_such(engine, way) -> None:
    insert = sa.text("INSERT INTO prepared_probe VALUES (:id, 'again')")
    context = single if way == "prepared" else sa.Engine.begin
    for _ in range(2):
        with pytest.raises(sa.exc.IntegrityError) as caught, context(engine) as connection:
            connection.execute(insert, {"id": 1})
        assert sqlstate(caught.value) == "23505"
    assert read(engine, 1) == (1, "one")


def test_many_different_reads_all_answer(engine) -> None:
    for number in range(150):
        statement = sa.text(f"SELECT {number} + CAST(:more AS int)")
        with single(engine) as connection:
            assert connection.execute(statement, {"more": 1}).scalar_one() == number + 1
    assert prepared(engine) == 100


def test_values_of_every_kind_come_back(engine) -> None:
    values = {"a": None, "b": [1, "zwei", {"drei": 3.5}], "c": "%s $1 ' \" 🙂"}
    statement = sa.select(
        sa.bindparam("document", type_=JSONB), sa.bindparam("n", type_=sa.Integer)
    )
    for number in (None, 2**31 - 1):
        with single(engine) as connection:
            found = connection.execute(statement, {"document": values, "n": number}).one()
            assert tuple(found) == (values, number)
