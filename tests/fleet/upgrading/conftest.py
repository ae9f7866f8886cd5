"""Companies that are really there (committed), and code of a release that is not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from tenants.directory.actions import activate_agency, create_agency
from tenants.directory.models import Agency, Brand, Company, Domain
from tenants.fleet import migrating
from tenants.fleet.actions import create_company
from tenants.fleet.models import Operation, Schema
from tenants.fleet.pool import drop_schema
from tenants.fleet.upgrading import by_django, stretches
from tenants.kernel import context
from tenants.kernel.actors import robot

Release = Callable[[str], None]
Yard = Callable[[int], list[Company]]


@pytest.fixture
def committed(django_db_blocker: Any) -> Iterator[None]:
    """In public, without a transaction around: other connections see what is done."""
    with django_db_blocker.unblock(), context.public(actor=robot("Tester")):
        yield


@pytest.fixture
def yard(committed: None) -> Iterator[Yard]:
    """`yard(3)` makes three companies of today's shape; afterwards they are gone."""

    def make(count: int) -> list[Company]:
        agency = create_agency(name="Yard", slug="yard-agency")
        activate_agency(agency=agency)
        return [_company(agency, number) for number in range(count)]

    yield make
    for company in Company.objects.filter(agency__slug="yard-agency"):
        drop_schema(company.schema_name)
    for model in (Domain, Company, Brand):
        model.objects.filter(agency__slug="yard-agency").delete()
    Agency.objects.filter(slug="yard-agency").delete()
    Operation.objects.all().delete()


def _company(agency: Agency, number: int) -> Company:
    return create_company(
        agency=agency, name=f"Yard {number}", slug=f"yard-{number}", country="IN", by=robot(),
        owner_email=f"o{number}@yard.example",
    )  # fmt: skip


@pytest.fixture
def release(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Release]:
    """`release("column")` makes the running code that release, here and in processes that are started."""

    def become(name: str) -> None:
        settings.MIGRATION_MODULES = {"crm": f"tests.fleet.upgrading.migrations.{name}"}
        monkeypatch.setenv("LATER_RELEASE", name)
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.fleet.upgrading.later")
        _forget()

    yield become
    settings.MIGRATION_MODULES = {}
    _forget()


def _forget() -> None:
    migrating.history.cache_clear()
    migrating.head.cache_clear()
    by_django.state_before.cache_clear()
    stretches._written_down.cache_clear()


def schemas(companies: list[Company]) -> list[str]:
    return [one.schema_name for one in companies]


def ledger(companies: list[Company]) -> list[tuple[str, str]]:
    """Fingerprint and error of each, in their order."""
    rows = {one.name: one for one in Schema.objects.filter(name__in=schemas(companies))}
    return [(rows[name].fingerprint, rows[name].error) for name in schemas(companies)]


def rows_of(company: Company, statement: str) -> list[Any]:
    with context.inside(company.place), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
