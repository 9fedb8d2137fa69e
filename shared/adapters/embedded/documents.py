"""Documents in one PostgreSQL JSONB table, by serialisable transactions."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from shared.adapters.embedded.database import documents
from shared.adapters.postgresql.engine import (
    SERIALIZATION_FAILURES,
    serializable,
    single,
    sqlstate,
    translated_errors,
)
from shared.adapters.postgresql.prepared import STALE
from shared.domain.errors import Conflict, Unavailable
from shared.ports.clock import Clock
from shared.ports.documents import Document, Filter, Transaction

T = TypeVar("T")
_MAX_TRIES = 20
_UNIQUE_VIOLATION = "23505"
_NEXT_VERSION = sa.Sequence("document_version").next_value()


class PostgresDocuments:
    """The documents port over a SQLAlchemy engine whose server sorts text by bytes (locale C)."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, collection: str, id: str) -> Document | None:
        with translated_errors(), single(self._engine) as connection:
            return _one(connection, collection, id, self._clock.now())

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        self.transact(lambda transaction: transaction.create(collection, id, data, expires_at))

    def delete(self, collection: str, id: str) -> None:
        self.transact(lambda transaction: transaction.delete(collection, id))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return self._repeated(
            lambda connection: work(_PostgresTransaction(connection, self._clock.now()))
        )

    def _repeated(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in a transaction, again when it collides with another."""
        with translated_errors():
            for attempt in range(_MAX_TRIES):
                try:
                    with serializable(self._engine) as connection:
                        return work(connection)
                except sa.exc.DBAPIError as error:
                    if sqlstate(error) not in (*SERIALIZATION_FAILURES, *STALE):
                        raise
                    time.sleep(random.uniform(0, 0.005 * 2 ** min(attempt, 6)))  # noqa: S311
        raise Unavailable("Too many writers at once.", code="contended")

    def query(
        self,
        collection: str,
        filters: Sequence[Filter] = (),
        *,
        order_by: str = "id",
        descending: bool = False,
        after: str | int | float | None = None,
        limit: int = 100,
    ) -> list[Document]:
        key = documents.c.id if order_by == "id" else documents.c.data[order_by]
        statement = (
            _live(collection, self._clock.now())
            .order_by(key.desc() if descending else key.asc())
            .limit(limit)
        )
        if order_by != "id":
            statement = statement.where(documents.c.data.has_key(order_by))
        for item in filters:
            held, value = documents.c.data[item.field], _json(item.value)
            statement = statement.where(held.op(item.op.replace("==", "="))(value))
            if item.op != "==":
                # PostgreSQL would compare values of all types.
                typeof = sa.func.jsonb_typeof
                statement = statement.where(typeof(held) == typeof(value))
        if after is not None:
            bound = sa.literal(after) if order_by == "id" else _json(after)
            statement = statement.where(key.op("<" if descending else ">")(bound))
        with translated_errors(), single(self._engine) as connection:
            return [_document(row) for row in connection.execute(statement)]

    def count(self, collection: str, filters: Sequence[Filter] = (), *, up_to: int = 10_000) -> int:
        matching = sa.select(sa.literal(1)).where(documents.c.collection == collection)
        for item in filters:
            matching = matching.where(documents.c.data[item.field] == _json(item.value))
        statement = sa.select(sa.func.count()).select_from(matching.limit(up_to).subquery())
        with translated_errors(), single(self._engine) as connection:
            return connection.execute(statement).scalar_one()

    def purge_expired(self) -> int:
        """Remove what is past its time to live; returns how many."""
        statement = sa.delete(documents).where(documents.c.expires_at <= self._clock.now())
        return self._repeated(lambda connection: connection.execute(statement).rowcount)


class _PostgresTransaction:
    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def get(self, collection: str, id: str) -> Document | None:
        return _one(self._connection, collection, id, self._now)

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        statement = _upsert(collection, id, data, expires_at, replace_if=self._now)
        try:
            created = self._connection.execute(statement).one_or_none()
        except sa.exc.IntegrityError as error:
            if sqlstate(error) != _UNIQUE_VIOLATION:
                raise
            created = None
        if created is None:
            raise Conflict("A document with this id exists.", code="already_exists")

    def set(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        self._connection.execute(_upsert(collection, id, data, expires_at))

    def delete(self, collection: str, id: str) -> None:
        self._connection.execute(
            sa.delete(documents).where(documents.c.collection == collection, documents.c.id == id)
        )


def _live(
    collection: "str | sa.BindParameter[str]", now: "datetime | sa.BindParameter[datetime]"
) -> "sa.Select[tuple[str, Any, int]]":
    return sa.select(documents.c.id, documents.c.data, documents.c.version).where(
        documents.c.collection == collection,
        sa.or_(documents.c.expires_at.is_(None), documents.c.expires_at > now),
    )


# Built once: the hottest read of the platform.
_ONE = _live(sa.bindparam("name"), sa.bindparam("now")).where(
    documents.c.id == sa.bindparam("document")
)


def _one(connection: sa.Connection, collection: str, id: str, now: datetime) -> Document | None:
    named = {"name": collection, "document": id, "now": now}
    row = connection.execute(_ONE, named).one_or_none()
    return _document(row) if row else None


def _upsert(
    collection: str,
    id: str,
    data: Mapping[str, Any],
    expires_at: datetime | None,
    *,
    replace_if: datetime | None = None,
) -> sa.Executable:
    """Write the row; with `replace_if` only over one that had expired by then."""
    statement = insert(documents).values(
        collection=collection,
        id=id,
        data=dict(data),
        version=_NEXT_VERSION,
        expires_at=expires_at,
    )
    return statement.on_conflict_do_update(
        index_elements=[documents.c.collection, documents.c.id],
        set_={
            "data": statement.excluded.data,
            "version": statement.excluded.version,
            "expires_at": statement.excluded.expires_at,
        },
        where=None if replace_if is None else documents.c.expires_at <= replace_if,
    ).returning(documents.c.id)


def _document(row: "sa.Row[tuple[str, Any, int]]") -> Document:
    return Document(id=row.id, data=row.data, version=str(row.version))


def _json(value: str | int | float | bool) -> sa.BindParameter[Any]:
    return sa.bindparam(None, value, type_=JSONB, unique=True)
