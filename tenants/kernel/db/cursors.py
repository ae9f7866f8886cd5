"""Cursors that keep a company's statements inside its walls.

Two locks stand between an injection and the role of another company. The server's: in a company's
place a text travels by the extended protocol, which carries one statement and no more, so nothing can be
stacked behind ours; and no function that changes the role from within a statement may be called
(`walls`). The program's: a statement that is no reading or writing of rows is refused here, unless it is
one of ours, so that a text wholly written by an attacker is no `RESET ROLE` either.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
from psycopg.pq import Format, TransactionStatus

IDLE = TransactionStatus.IDLE
ROWS_ONLY = re.compile(
    rb"[\s(]*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|COPY|DECLARE|EXPLAIN|SET\s+CONSTRAINTS)\b", re.IGNORECASE
)
"""How what may be sent from a company's place begins. What COPY, DECLARE and EXPLAIN take in, the server keeps
to rows; files and programs it opens for superusers alone."""


class Ours(str):
    """A statement written by the house and nobody else: it may be of any kind."""

    __slots__ = ()


class Refused(psycopg.errors.InsufficientPrivilege):
    """A statement that has no business in a company's place. Nothing was sent."""


class Walled:
    """Mixed into every cursor of ours. `_conn.is_walled` says whether the connection stands in a company's place.

    `_conn.opening` is what each transaction begins with where a pooler gives every one of them another
    server connection (`OMNIFLOW_DB_POOLER=transaction`): a statement by itself is then a transaction of its own.
    """

    _conn: Any

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        with _by_itself(self._conn):
            return super().execute(query, params, **options)  # type: ignore[misc]

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        with _by_itself(self._conn):
            super().executemany(query, params_seq, **options)  # type: ignore[misc]

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **options: Any) -> Iterator[Any]:
        with _by_itself(self._conn), super().copy(statement, params, **options) as copy:  # type: ignore[misc]
            yield copy

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        found = super()._convert_query(query, params)  # type: ignore[misc]
        if getattr(self._conn, "is_walled", False) and not (ROWS_ONLY.match(found.query) or isinstance(query, Ours)):
            raise Refused("permission denied: this kind of statement is not sent from a company's place")
        return found

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        is_alone = force_extended or getattr(self._conn, "is_walled", False)
        super()._execute_send(query, force_extended=is_alone, binary=binary)  # type: ignore[misc]


def _by_itself(connection: Any) -> AbstractContextManager[None]:
    """The transaction a statement needs; none where the connection keeps what was set, or is in one already."""
    opening = getattr(connection, "opening", "")
    is_free = opening and connection.autocommit and connection.pgconn.transaction_status == IDLE
    return _transaction(connection, opening) if is_free else nullcontext()


@contextmanager
def _transaction(connection: Any, opening: str) -> Iterator[None]:
    with psycopg.Cursor(connection) as bare:
        bare.execute(f"BEGIN; {opening}".encode())
        try:
            yield
        except BaseException:
            with suppress(psycopg.Error):  # the connection may be what failed
                bare.execute("ROLLBACK")
            raise
        bare.execute("COMMIT")


class Cursor(Walled, base.Cursor):
    """Django's."""


class NamedCursor(Walled, base.ServerSideCursor):
    """Django's for long results."""


class BinaryCursor(Walled, psycopg.Cursor[Any]):
    """Answers in PostgreSQL's binary form, parameters bound by the server."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.format = Format.BINARY


class Operations(operations.DatabaseOperations):
    """Savepoints are the house's own statements."""

    def savepoint_create_sql(self, sid: str) -> str:
        return Ours(super().savepoint_create_sql(sid))

    def savepoint_commit_sql(self, sid: str) -> str:
        return Ours(super().savepoint_commit_sql(sid))

    def savepoint_rollback_sql(self, sid: str) -> str:
        return Ours(super().savepoint_rollback_sql(sid))
