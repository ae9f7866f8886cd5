"""`manage.py walls sql | check`: what a superuser takes from everybody in this database, and whether it was done."""

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import CommandError
from django.db import connection

from tenants.kernel.commands import Scope, ScopedCommand
from tenants.kernel.db.walls import open_doors, statements


class Command(ScopedCommand):
    scope = Scope.NOTHING
    help = "Rights that PostgreSQL gives everybody and that no company's role may have."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["sql", "check"], help="sql: for `psql`, as a superuser, in the database")
        parser.add_argument("--login", default="", help="The role the program signs in as; else as in DATABASE_URL.")

    def handle(self, *args: Any, what: str, login: str, **options: Any) -> None:
        if what == "sql":
            for statement in statements(login or _login()):
                self.stdout.write(f"{statement.as_string(None).strip()};")
            return
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
            found = open_doors(own)
        if found:
            raise CommandError(f"Open to everybody: {', '.join(found)}. See `manage.py walls sql`.")
        self.stdout.write("The walls stand.")


def _login() -> str:
    """Raises CommandError."""
    found = str(connection.settings_dict["USER"])
    if not found:
        raise CommandError("DATABASE_URL names no role; say which with --login.")
    return found
