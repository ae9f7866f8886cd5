"""What faults are made with."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils.module_loading import import_string

from saas.embedded.postgres import ADMIN
from tenants.directory.models import Company
from tenants.kernel import context

OURS = ("tenants.", "saas.", "public_site.", "billing.", "tests.")


def company_of(slug: str) -> Company:
    """The twin of that name, `alpha` or `bravo`."""
    with context.public():
        return Company.objects.select_related("agency").get(agency__slug=slug, slug="works")


def a() -> Company:
    return company_of("alpha")


def b() -> Company:
    return company_of("bravo")


def everywhere(patch: pytest.MonkeyPatch, name: str, new: Any) -> Any:
    """Replace a function under every name that a module of ours or a test has for it; what it was."""
    true = import_string(name)
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith(OURS):
            for known, value in list(vars(module).items()):
                if value is true:
                    patch.setattr(module, known, new)
    return true


def with_statements(patch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    """Every text that goes to the server over psycopg, changed on its way."""

    def changed(query: Any) -> Any:
        text = query.decode() if isinstance(query, bytes) else query
        return change(text) if isinstance(text, str) and change(text) != text else query

    for owner in (psycopg.Connection, psycopg.Cursor):
        true = owner.execute

        def execute(self: Any, query: Any, *rest: Any, true: Any = true, **options: Any) -> Any:
            return true(self, changed(query), *rest, **options)

        patch.setattr(owner, "execute", execute)


def as_superuser(*statements: str) -> None:
    """In the test's own database, which is a copy that is thrown away."""
    options = connection.get_connection_params()
    where = {name: options[name] for name in ("host", "port", "dbname") if options.get(name)}
    with psycopg.connect(**where, user=ADMIN, autocommit=True) as own:
        for statement in statements:
            own.execute(statement.encode())


def in_public(statements: Sequence[str]) -> None:
    """As the owner of the tables, within the test's own transaction."""
    with context.public(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def commit_half() -> None:
    """What was done so far stays, whatever becomes of the rest."""
    connection.connection.commit()


def nothing(*_: Any, **__: Any) -> None:
    """In place of what should be done."""
