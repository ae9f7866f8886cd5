"""An Indian company that is registered, with a won deal."""

from typing import Any

import pytest

from tenants.crm.models import Deal, Stage
from tenants.invoicing.actions import draft_invoice_from_deal, issue_invoice
from tenants.invoicing.models import Invoice
from tenants.invoicing.profile import update_profile
from tenants.kernel.actors import Actor
from tenants.records.actions import update_record
from tests.factories import Twin

SELLER = {
    "legal_name": "Alpha Works Private Limited",
    "tax_id": "29AAGCB7383J1Z4",
    "address": "12 Residency Road",
    "city": "Bengaluru",
    "postal_code": "560025",
    "region": "Karnataka",
    "default_code": "998314",
    "bank_details": "HDFC Bank\nIFSC HDFC0000001",
}


def win(deal: Any, by: Actor) -> Any:
    update_record(record=deal, values={"stage": Stage.objects.get(kind="won").pk}, by=by)
    return Deal.objects.get(pk=deal.pk)


@pytest.fixture
def registered(company: Twin, by: Actor) -> Twin:
    update_profile(values=SELLER, by=by)
    return company


@pytest.fixture
def won_deal(company: Twin, by: Actor) -> Any:
    return win(Deal.objects.get(pk=company.deal_id), by)


@pytest.fixture
def draft(registered: Twin, won_deal: Any, by: Actor) -> Invoice:
    return draft_invoice_from_deal(deal=won_deal, by=by)


@pytest.fixture
def issued(draft: Invoice, by: Actor) -> Invoice:
    return issue_invoice(invoice=draft, by=by)
