"""Taking a schema's tables away in groups, so that no transaction holds more locks than any server has."""

from collections.abc import Iterator

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import LockNotAvailable

TABLES_AT_ONCE = 8
"""With indexes, keys and the tables that point here at most some 400 locks, where all at once took 1,700 of 60 tables.
The lock table of a small server holds 6,400 for everybody."""
LOCK_SECONDS = 5
MOST_TRIES = 6


def tables_of(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = %s AND relkind IN ('r', 'p') ORDER BY relname", [schema],
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def drop_tables(schema: str) -> Iterator[int]:
    """All of them; after each group how many are left. For schemas that nobody works in any more."""
    left = tables_of(schema)
    while left:
        _drop(schema, left[:TABLES_AT_ONCE])
        left = left[TABLES_AT_ONCE:]
        yield len(left)


def _drop(schema: str, tables: list[str]) -> None:
    """Whoever still holds a table of a closed company is sent away."""
    for tried in range(1, MOST_TRIES + 1):
        try:
            return drop_group(schema, tables)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or tried == MOST_TRIES:
                raise
            _send_away(schema)


@transaction.atomic
def drop_group(schema: str, tables: list[str]) -> None:
    names = sql.SQL(", ").join(sql.Identifier(schema, one) for one in tables)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(LOCK_SECONDS * 1000)))
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(names))


def _send_away(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_class c ON c.oid = relation"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE nspname = %s AND granted AND pid <> pg_backend_pid()", [schema],
        )  # fmt: skip
