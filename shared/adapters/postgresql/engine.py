"""Engines on PostgreSQL through pg8000, what their errors mean, and how statements run on them."""

import time
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from shared.adapters.postgresql.prepared import PreparingConnection
from shared.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection

# https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exception,
# insufficient resources, operator intervention (starting up, shutting down, crashed).
_AWAY = ("08", "53", "57")
_TRUSTED_FOR_S = 1.0
# Its number in PostgreSQL's pg_type.
_TIMESTAMPTZ = 1184
SERIALIZATION_FAILURES = ("40001", "40P01")


def connect(
    url: str | sa.URL,
    *,
    pool_size: int = 8,
    wait_s: float = 30.0,
    recycle_s: int = -1,
    dial: "Callable[..., DBAPIConnection]" = PreparingConnection,
) -> sa.Engine:
    """An engine with one connection for each thread of a service.

    `dial` opens one, given what `url` says. Who finds all in use waits `wait_s`; one older than
    `recycle_s` is replaced. A connection that has lain idle is checked before use, so that a
    restarted server is met; one in which the driver itself failed is closed.
    """
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=wait_s,
        pool_recycle=recycle_s,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "do_connect")
    def open_one(
        _: object, __: object, ___: object, parameters: dict[str, Any]
    ) -> "DBAPIConnection":
        return dial(**parameters)

    @sa.event.listens_for(engine, "connect")
    def read_times(connection: "DBAPIConnection", _: object) -> None:
        # The driver's own reading of them is strptime's, ten times as slow.
        driver: Any = connection
        driver.register_in_adapter(_TIMESTAMPTZ, datetime.fromisoformat)

    @sa.event.listens_for(engine, "checkin")
    def note_use(_: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def check_idle(
        connection: "DBAPIConnection",
        record: sa.pool.ConnectionPoolEntry,
        _: object,
    ) -> None:
        if time.monotonic() - record.info.get("used_at", time.monotonic()) > _TRUSTED_FOR_S:
            driver: Any = connection
            # Or the driver would begin a transaction for it, and leave it open.
            driver.autocommit = True
            try:
                engine.dialect.do_ping(connection)
            except (engine.dialect.loaded_dbapi.Error, OSError) as error:
                raise sa.exc.DisconnectionError from error
            driver.autocommit = False

    @sa.event.listens_for(engine, "handle_error")
    def drop_broken(context: sa.engine.ExceptionContext) -> BaseException | None:
        # pg8000 sends a statement before it converts its values. When that fails, the server's
        # answer stays unread, and the next statement would take it for its own.
        failure = context.original_exception
        if isinstance(failure, engine.dialect.loaded_dbapi.Error):
            return None
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False
        # Of a broken connection pg8000 tells in its own words, or in the system's.
        return (
            sa.exc.OperationalError(None, None, failure) if isinstance(failure, OSError) else None
        )

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
