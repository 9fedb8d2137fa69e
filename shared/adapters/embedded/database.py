"""The PostgreSQL engine behind the embedded documents and events, and its tables."""

import time
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from shared.adapters.embedded.prepared import PreparingConnection
from shared.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

metadata = sa.MetaData()
# https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exception,
# insufficient resources, operator intervention (starting up, shutting down, crashed).
_AWAY = ("08", "53", "57")
_TRUSTED_FOR_S = 1.0
# Its number in PostgreSQL's pg_type.
_TIMESTAMPTZ = 1184
SERIALIZATION_FAILURES = ("40001", "40P01")

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("collection", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("version", sa.BigInteger, sa.Sequence("document_version"), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Index("documents_by_owner", "collection", sa.text("(data -> 'user_id')"), "id"),
    sa.Index(
        "documents_by_status",
        "collection",
        sa.text("(data -> 'status')"),
        sa.text("(data -> 'updated_at')"),
    ),
    sa.Index(
        "documents_expiring", "expires_at", postgresql_where=sa.text("expires_at IS NOT NULL")
    ),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("ack_deadline_s", sa.Float, nullable=False),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("min_backoff_s", sa.Float, nullable=False),
    sa.Column("max_backoff_s", sa.Float, nullable=False),
    sa.Column("max_in_flight", sa.Integer, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("dead", sa.Boolean, nullable=False),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Index("deliveries_due", "subscription", "dead", "available_at"),
)


def connect(url: str, *, pool_size: int = 8) -> sa.Engine:
    """An engine with one connection for each thread of a service.

    A connection that has lain idle is checked before use, so that a restarted server is met; one
    in which the driver itself failed is closed.
    """
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=0, hide_parameters=True)

    @sa.event.listens_for(engine, "do_connect")
    def prepare_reads(
        _: object, __: object, ___: object, parameters: dict[str, Any]
    ) -> sa.engine.interfaces.DBAPIConnection:
        connection: sa.engine.interfaces.DBAPIConnection = PreparingConnection(**parameters)
        return connection

    @sa.event.listens_for(engine, "connect")
    def read_times(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
        # The driver's own reading of them is strptime's, ten times as slow.
        driver: Any = connection
        driver.register_in_adapter(_TIMESTAMPTZ, datetime.fromisoformat)

    @sa.event.listens_for(engine, "checkin")
    def note_use(_: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def check_idle(
        connection: sa.engine.interfaces.DBAPIConnection,
        record: sa.pool.ConnectionPoolEntry,
        _: object,
    ) -> None:
        if time.monotonic() - record.info.get("used_at", time.monotonic()) > _TRUSTED_FOR_S:
            driver: Any = connection
            # Or the driver would begin a transaction for it, and leave it open.
            driver.autocommit = True
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise sa.exc.DisconnectionError from error
            driver.autocommit = False

    @sa.event.listens_for(engine, "handle_error")
    def drop_broken(context: sa.engine.ExceptionContext) -> None:
        # pg8000 sends a statement before it converts its values. When that fails, the server's
        # answer stays unread, and the next statement would take it for its own.
        if not isinstance(context.original_exception, engine.dialect.loaded_dbapi.Error):
            context.is_disconnect = True
            context.invalidate_pool_on_disconnect = False

    return engine


@contextmanager
def single(engine: sa.Engine) -> "Iterator[sa.Connection]":
    """For one statement alone: no transaction around it, which would cost two round trips more."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        try:
            yield connection
        finally:
            driver.autocommit = False


@contextmanager
def serializable(engine: sa.Engine) -> "Iterator[sa.Connection]":
    """A SERIALIZABLE transaction, begun and ended in one round trip each."""
    with single(engine) as connection:
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL SERIALIZABLE")
        try:
            yield connection
        except BaseException:
            with suppress(sa.exc.SQLAlchemyError):
                connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def create_tables(engine: sa.Engine) -> None:
    """Create what is missing; safe to repeat."""
    metadata.create_all(engine)


@contextmanager
def translated_errors() -> "Iterator[None]":
    """Turn an unreachable or interrupted database into `Unavailable`."""
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise _unavailable() from error
    except sa.exc.DBAPIError as error:
        kinds = (sa.exc.OperationalError, sa.exc.InterfaceError)
        if isinstance(error, kinds) or sqlstate(error)[:2] in _AWAY:
            # The server's message may quote the document that was being written.
            raise _unavailable() from None
        raise


def sqlstate(error: sa.exc.DBAPIError) -> str:
    """The five-character SQLSTATE pg8000 reports under `C`; empty where there is none."""
    details = error.orig.args[0] if error.orig and error.orig.args else None
    return str(details.get("C", "")) if isinstance(details, dict) else ""


def _unavailable() -> Unavailable:
    return Unavailable("The database did not answer.", code="database_unavailable")
