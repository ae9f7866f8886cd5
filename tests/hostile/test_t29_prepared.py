"""T29: one company a migration ahead of the other, one query for both on one connection, prepared or not.

Asked in both ways of the house: by Django, whose cursors prepare nothing, and by statements that are kept.
"""

from typing import Any

import pytest
from django.db import Error, connection

from tenants.crm.models import Contact
from tenants.fleet.migrating import head
from tenants.fleet.operations.running import run
from tenants.fleet.upgrading.actions import begin_migration
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.statements import Statement
from tests.factories import make
from tests.fleet.upgrading.conftest import Release, Yard, committed, ledger, release, yard
from tests.thorough import IS_THOROUGH

__all__ = ["committed", "release", "yard"]
TIMES = 1000 if IS_THOROUGH else 200


@pytest.mark.parametrize("threshold", [1, None], ids=["prepared", "not prepared"])
def test_t29_layouts_may_differ_between_companies(
    yard: Yard, release: Release, threshold: int | None
) -> None:  # fmt: skip
    companies = yard(2)
    for one in companies:
        with context.inside(one.place, actor=robot()):
            make("contacts", first_name=one.name)
    release("column")
    connection.ensure_connection()
    connection.connection.prepare_threshold = threshold
    errors: list[str] = []

    for number in range(TIMES):
        if number == TIMES // 2:
            run(begin_migration(by=robot(), only=[companies[0].schema_name], canary="0", is_queued=False))
        for one in companies:
            errors += _asked(one)

    assert errors == []
    assert [fingerprint == head() for fingerprint, _error in ledger(companies)] == [True, False]
    assert (_plans_kept() > 0) is bool(threshold), "the server keeps the plans that this is about"
    connection.close()


def _asked(company: Any) -> list[str]:
    """What went wrong, if anything did; the rows have to be the company's own."""
    try:
        with context.inside(company.place):
            rows = Contact.objects.filter(first_name__startswith="Yard").order_by("id")
            found = [one.first_name for one in rows]
            found += [name for name, *_rest in Statement(rows.values_list("first_name", "id", "custom")).rows()]
    except Error as error:
        return [str(error)]
    return [] if found == [company.name] * 2 else [f"{company.name}: {found}"]


def _plans_kept() -> int:
    with context.public(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])
