"""The demo: invoices from the won deals there are, once."""

from datetime import timedelta
from typing import Any

from tenants.crm.models import Deal
from tenants.invoicing.demo import load
from tenants.invoicing.models import Invoice
from tenants.invoicing.queries import company_today
from tests.factories import Twin, make
from tests.invoicing.conftest import win


def test_demo_follows_the_days_deals_were_won(company: Twin, by: Any) -> None:
    for n in range(6):
        deal = win(make("deals", name=f"Roof {n}", account=company.account_id, amount="100"), by)
        Deal.objects.filter(pk=deal.pk).update(closed_on=company_today() - timedelta(days=(n + 1) * 20))

    load({"slug": "works", "country": "IN"})
    load({"slug": "works", "country": "IN"})

    numbered = Invoice.objects.filter(number__isnull=False).order_by("issued_on")
    assert [invoice.deal.name for invoice in numbered] == ["Roof 5", "Roof 4", "Roof 3", "Roof 2"]
    assert [invoice.issued_on for invoice in numbered] == [invoice.deal.closed_on for invoice in numbered]
    assert {invoice.status for invoice in numbered} == {"paid"}
    assert Invoice.objects.filter(status="draft").count() == 2
