"""The relational database port over a SQLAlchemy engine on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from shared.adapters.postgresql.engine import (
    SERIALIZATION_FAILURES,
    single,
    sqlstate,
    translated_errors,
)
from shared.domain.errors import Unavailable


class SqlDatabase:
    """Of this machine's server or, over an engine made for it, of Cloud SQL's."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        with translated_errors():
            try:
                with self._engine.begin() as connection:
                    yield connection
            except sa.exc.DBAPIError as error:
                if sqlstate(error) in SERIALIZATION_FAILURES:
                    raise Unavailable("Too many writers at once.", code="contended") from None
                raise

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with translated_errors(), single(self._engine) as connection:
            yield connection
