"""Twenty at once: numbers without gap or duplicate. Committed, in a company of its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tenants.crm.models import Stage
from tenants.directory.models import Company
from tenants.fleet.actions import create_company
from tenants.fleet.models import Schema
from tenants.invoicing.actions import draft_invoice_from_deal, issue_invoice
from tenants.invoicing.models import Invoice
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin, make

MANY = 20


@pytest.fixture
def busy(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[Company]:
    """A company whose rows other connections can see; it is taken away again."""
    with django_db_blocker.unblock(), context.public(actor=robot()):
        agency = _twins[0].agency
        company = create_company(
            agency=agency, name="Busy", slug="busy", country="IN", owner_email="busy@alpha.example", by=robot()
        )
        yield company
        name = company.schema_name
        company.domains.all().delete()
        company.delete()
        Schema.objects.filter(name=name).delete()
        with connection.cursor() as cursor:  # its role has the same rights in the database this one was copied from
            cursor.execute(f"DROP SCHEMA {name} CASCADE")


def drafts(count: int) -> list[Invoice]:
    won = Stage.objects.get(kind="won")
    account = make("accounts", name="Buyer", city="Pune", region="Maharashtra")
    made = [make("deals", name=f"Roof {i}", account=account.pk, stage=won.pk, amount="100") for i in range(count)]
    return [draft_invoice_from_deal(deal=deal, by=robot()) for deal in made]


def in_threads(company: Company, acts: list[Any]) -> list[Any]:
    """Run all at one moment, each with a connection of its own."""
    start = Barrier(len(acts))

    def run(act: Any) -> Any:
        try:
            with context.inside(company.place, actor=robot()):
                start.wait(timeout=30)
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_twenty_issues_at_once_leave_no_gap(busy: Company) -> None:
    with context.inside(busy.place, actor=robot()):
        waiting = drafts(MANY)

    issued = in_threads(busy, [lambda one=one: issue_invoice(invoice=one, by=robot()).sequence for one in waiting])

    assert sorted(issued) == list(range(1, MANY + 1))
    with context.inside(busy.place, actor=robot()):
        assert Invoice.objects.values("number").distinct().count() == MANY


def test_one_draft_issued_by_many_clicks_takes_one_number(busy: Company) -> None:
    with context.inside(busy.place, actor=robot()):
        one = drafts(1)[0]

    numbers = in_threads(busy, [lambda: issue_invoice(invoice=one, by=robot()).number] * 6)

    assert len(set(numbers)) == 1


def test_one_deal_invoiced_by_many_clicks_has_one_draft(busy: Company) -> None:
    with context.inside(busy.place, actor=robot()):
        won = Stage.objects.get(kind="won")
        deal = make("deals", name="Roof", stage=won.pk, amount="100")

    def act() -> str:
        try:
            return str(draft_invoice_from_deal(deal=deal, by=robot()).pk)
        except Exception as error:
            return type(error).__name__

    answers = in_threads(busy, [act] * 6)

    assert sorted(answers)[1:] == ["DealAlreadyInvoiced"] * 5
