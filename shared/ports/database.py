"""The relational database that holds accounts and courses."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import sqlalchemy as sa


class Database(Protocol):
    def transaction(self) -> "AbstractContextManager[sa.Connection]":
        """A connection in one transaction: committed when left, undone by an exception.

        PostgreSQL at READ COMMITTED, so what must hold against others is held by a constraint or
        `SELECT … FOR UPDATE`. Raises `Unavailable` when the server cannot be reached and, as
        `contended`, when it ended the transaction for another's sake.
        """

    def reading(self) -> "AbstractContextManager[sa.Connection]":
        """A connection for one SELECT, which sees one moment: no transaction around it, which
        would cost two round trips more. Raises as `transaction` does.
        """
