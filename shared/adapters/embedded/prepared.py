"""pg8000 connections that keep the statements they repeat prepared.

A statement with parameters costs pg8000 three exchanges with the server and a scan of its text; a
prepared one costs one exchange. https://www.postgresql.org/docs/current/protocol-flow.html
"""

from collections.abc import Sequence
from typing import Any, Final

from pg8000 import dbapi
from pg8000.converters import make_params

_MOST: Final = 100
# SQLSTATEs: the table's shape has changed; the server has forgotten the statement.
STALE: Final = ("0A000", "26000")


class PreparingConnection(dbapi.Connection):  # type: ignore[misc]
    """While `autocommit` is set, a statement with parameters is prepared when it first comes."""

    def __init__(self, **parameters: Any) -> None:  # noqa: ANN401
        super().__init__(**parameters)
        self.prepared: dict[tuple[str, tuple[int, ...]], tuple[bytes, Any, Any, str]] = {}

    def cursor(self) -> "_PreparingCursor":
        return _PreparingCursor(self)


class _PreparingCursor(dbapi.Cursor):  # type: ignore[misc]
    _input_oids: Sequence[int]

    def execute(self, operation: str, args: Sequence[Any] = (), stream: object = None) -> None:
        connection: PreparingConnection = self._c
        key = (operation, tuple(self._input_oids))
        known = key in connection.prepared or len(connection.prepared) < _MOST
        if not args or stream is not None or not connection.autocommit or not known:
            super().execute(operation, args, stream)
            return
        try:
            self._context = _run(connection, key, args)
        except dbapi.DatabaseError as error:
            if not _is_stale(error):
                raise
            del connection.prepared[key]
            # A transaction has failed as a whole with it, and is for the caller to repeat.
            if connection._in_transaction:
                raise
            super().execute(operation, args)
            return
        self._row_iter = None if self._context.rows is None else iter(self._context.rows)
        self._input_oids = ()
        self.input_types: list[object] = []


def _run(
    connection: PreparingConnection, key: tuple[str, tuple[int, ...]], args: Sequence[Any]
) -> Any:  # noqa: ANN401
    # Before anything is sent: a value that cannot be converted must leave no answer unread.
    values = make_params(connection.py_types, args)
    if key not in connection.prepared:
        operation, oids = key
        statement, _ = dbapi.convert_paramstyle("format", operation, args)
        prepared = connection.prepare_statement(statement, oids)
        connection.prepared[key] = (*prepared, statement)
    name, columns, readers, statement = connection.prepared[key]
    return connection.execute_named(name, values, columns, readers, statement)


def _is_stale(error: dbapi.DatabaseError) -> bool:
    details = error.args[0] if error.args else None
    return isinstance(details, dict) and details.get("C") in STALE
