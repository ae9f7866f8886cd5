"""Companies that really are there, committed, for what ends or dies on the way."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tenants.directory import hosts
from tenants.directory.actions import activate_agency, create_agency
from tenants.directory.models import Agency, Company, Tombstone
from tenants.fleet.actions import create_company
from tenants.fleet.models import Certificate, Operation
from tenants.fleet.operations.running import run
from tenants.fleet.pool import drop_schema
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin

Make = Callable[..., Company]


def made(agency: Agency, slug: str = "", name: str = "Ending Ltd") -> Company:
    """Its tables can be taken away in the same transaction: no check of theirs waits for the commit."""
    company = create_company(
        agency=agency, name=name, slug=slug or f"c{uuid4().hex[:12]}", country="IN",
        owner_email="olga@ending.example", by=robot(),
    )  # fmt: skip
    settle()
    return company


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def ending(twins: tuple[Twin, Twin]) -> Iterator[Company]:
    """A company of agency A, in public, gone with the test's transaction."""
    with context.public(actor=robot("Tester")):
        yield made(twins[0].agency, slug="ending")


@pytest.fixture
def committed_company(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[Make]:
    """`committed_company()` makes one that other processes see, at an agency of its own; what is left goes."""
    with django_db_blocker.unblock(), context.public(actor=robot("Tester")):
        agency = create_agency(name="Endings", slug=f"e{uuid4().hex[:12]}")
        activate_agency(agency=agency)
        yield lambda **words: made(agency, **words)
        clear_away(agency)
        hosts._forget()


def clear_away(agency: Agency) -> None:
    """Other tests of this process count rows."""
    for company in Company.objects.filter(agency=agency):
        drop_schema(company.schema_name)
        company.delete()
    for model in (Tombstone, Certificate, Operation):
        model.objects.filter(agency_id=agency.pk).delete()  # type: ignore[attr-defined]
    agency.delete()


def finished(operation: Operation) -> Operation:
    """Run to its end, here and now."""
    done = run(Operation.objects.get(pk=operation.pk))
    assert done.state == "done", (done.error, done.log)
    return done
