"""Many statements without parameters, sent one by one without waiting for each answer."""

from collections.abc import Iterable

from django.db import connection


def send(statements: Iterable[str]) -> None:
    """In the place we are in. The first that fails is the error; those after it have not been done."""
    connection.ensure_connection()
    with connection.cursor():  # points the connection at the context's place
        raw = connection.connection
    with raw.pipeline():
        for statement in statements:
            raw.execute(statement.encode())
