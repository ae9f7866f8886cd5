"""The demo: invoices from the won deals there are, once."""

from datetime import timedelta
from typing import Any

from django.core import mail

from tenants.automation.models import Enrolment
from tenants.crm.models import Deal, Task
from tenants.invoicing.demo import load
from tenants.invoicing.models import Invoice
from tenants.invoicing.queries import company_today
from tests.automation.conftest import room
from tests.factories import Twin, make
from tests.invoicing.conftest import win

__all__ = ["room"]


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


def test_who_forgot_to_pay_was_reminded_and_called_and_no_mail_went_out(room: Twin, by: Any) -> None:
    for n in range(14):
        deal = make("deals", name=f"Roof {n}", account=room.account_id, contact=room.contact_id, amount="100")
        Deal.objects.filter(pk=win(deal, by).pk).update(closed_on=company_today() - timedelta(days=(n + 2) * 10))

    load({"slug": "works", "country": "IN"})

    late = Invoice.objects.get(status="issued", due_on__lt=company_today())
    run = Enrolment.objects.get(workflow__name="Invoice overdue")
    assert (run.record_id, run.state) == (late.pk, "done")
    assert run.step_runs.get(step_id="remind").output["subject"] == f"Invoice {late.number} is overdue"
    call = Task.objects.get(name=f"Call about invoice {late.number}")
    assert (call.status, call.about_id) == ("completed", room.contact_id)
    assert mail.outbox == []
