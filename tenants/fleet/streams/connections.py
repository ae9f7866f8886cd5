"""Connections of our own beside Django's, for work that must not sit in a request's transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

SPOKEN = {
    # The text of COPY depends on these; whoever reads it elsewhere must read the same.
    "client_encoding": "UTF8", "timezone": "UTC", "datestyle": "ISO, MDY", "intervalstyle": "postgres",
    "bytea_output": "hex", "extra_float_digits": "1",
    # A company may be large; what watches over hanging requests does not fit here.
    "statement_timeout": "0", "idle_in_transaction_session_timeout": "0",
}  # fmt: skip

Connection = psycopg.Connection[Any]


@contextmanager
def own_connection() -> Iterator[Connection]:
    """In autocommit, pointing nowhere: every name that is used on it names its schema."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
        yield own


def speak_plainly(own: Connection, **more: str) -> None:
    """For the transaction under way, so that poolers between hand nothing on to others."""
    for name, value in (SPOKEN | more).items():
        # Not set_config: that is taken from companies' roles.
        own.execute(sql.SQL("SET LOCAL {} TO {}").format(sql.Identifier(name), sql.Literal(value)))


def named(schema: str, table: str) -> sql.Identifier:
    return sql.Identifier(schema, table)
