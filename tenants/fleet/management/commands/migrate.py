"""Django's `migrate`, in the public schema. Companies are migrated by `fleet`."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connection
from psycopg import sql

from tenants.kernel.commands import Scope, ScopedCommand


class Command(ScopedCommand, migrate.Command):
    scope = Scope.PUBLIC

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        _close_temporary()


def _close_temporary() -> None:
    """Temporary tables stay with a connection and shadow those of the next company: nobody but the owner makes any.

    This one of the walls (`kernel.db.walls`) is the database owner's, and is not copied with a database.
    """
    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
