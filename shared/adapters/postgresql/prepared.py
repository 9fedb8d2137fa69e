"""pg8000 connections that keep the statements they repeat prepared.

A statement with parameters costs pg8000 three exchanges with the server and a scan of its text; a
prepared one costs one exchange. https://www.postgresql.org/docs/current/protocol-flow.html
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from pg8000 import legacy
from pg8000.converters import make_params
from pg8000.exceptions import DatabaseError

_MOST: Final = 100
# SQLSTATEs: the table's shape has changed; the server has forgotten the statement.
STALE: Final = ("0A000", "26000")
_UNIQUE_VIOLATION: Final = "23505"
_Key = tuple[str, tuple[int, ...]]


class PreparingConnection(legacy.Connection):  # type: ignore[misc]
    """While `autocommit` is set, a statement with parameters is prepared when it first comes.

    Otherwise the connection that SQLAlchemy's dialect makes itself, of pg8000's DB-API.
    """

    def __init__(self, **parameters: Any) -> None:  # noqa: ANN401
        super().__init__(**parameters)
        self.prepared: dict[_Key, tuple[bytes, Any, Any, str]] = {}

    def close(self) -> None:
        """As the driver's, which forgets its buffer unclosed, and so leaves the socket open."""
        buffer = self._sock
        try:
            super().close()
        finally:
            if buffer is not None:
                with suppress(OSError):
                    buffer.close()

    def cursor(self) -> "_PreparingCursor":
        return _PreparingCursor(self)


class _PreparingCursor(legacy.Cursor):  # type: ignore[misc]
    _input_oids: Sequence[int]

    def execute(
        self, operation: str, args: Sequence[Any] = (), stream: object = None
    ) -> "_PreparingCursor":
        connection: PreparingConnection = self._c
        key = (operation, tuple(self._input_oids))
        known = key in connection.prepared or len(connection.prepared) < _MOST
        if not args or stream is not None or not connection.autocommit or not known:
            return self._execute_long(operation, args, stream)
        try:
            self._context = _run(connection, key, args)
        except DatabaseError as error:
            code = _sqlstate(error)
            if code in STALE:
                del connection.prepared[key]
                # A transaction has failed as a whole with it, and is for the caller to repeat.
                if not connection._in_transaction:
                    return self._execute_long(operation, args, stream)
            kind = legacy.IntegrityError if code == _UNIQUE_VIOLATION else legacy.ProgrammingError
            raise kind(*error.args) from None
        self._row_iter = iter(self._context.rows or ())
        self._input_oids = ()
        self.input_types: list[object] = []
        return self

    def _execute_long(
        self, operation: str, args: Sequence[Any], stream: object
    ) -> "_PreparingCursor":
        super().execute(operation, args, stream)
        return self


def _run(connection: PreparingConnection, key: _Key, args: Sequence[Any]) -> Any:  # noqa: ANN401
    # Before anything is sent: a value that cannot be converted must leave no answer unread.
    values = make_params(connection.py_types, args)
    if key not in connection.prepared:
        operation, oids = key
        statement, _ = legacy.convert_paramstyle("format", operation, args)
        prepared = connection.prepare_statement(statement, oids)
        connection.prepared[key] = (*prepared, statement)
    name, columns, readers, statement = connection.prepared[key]
    return connection.execute_named(name, values, columns, readers, statement)


def _sqlstate(error: DatabaseError) -> str:
    details = error.args[0] if error.args else None
    return str(details.get("C", "")) if isinstance(details, dict) else ""
