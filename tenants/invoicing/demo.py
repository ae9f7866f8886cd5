"""Invoices of a demo company, made from its won deals by the module's own actions; and their reminders."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from tenants.automation import playing
from tenants.automation.engine import waking
from tenants.automation.models import StepRun
from tenants.crm.enums import DealStatus, TaskStatus
from tenants.crm.models import Task
from tenants.directory.hosts import company_now
from tenants.identity.queries import active_users
from tenants.invoicing.actions import draft_invoice_from_deal, issue_invoice, record_payment, void_invoice
from tenants.invoicing.enums import InvoiceStatus, PaymentMethod
from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.invoicing.profile import update_profile
from tenants.invoicing.queries import company_today
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record
from tenants.records.queries import visible_to
from tenants.records.registry import type_named

SELLERS: Mapping[str, Mapping[str, str]] = {
    "IN": {
        "tax_id": "27AAACL1234C1Z5",
        "address": "4th floor, Senapati Bapat Marg",
        "city": "Mumbai",
        "postal_code": "400013",
        "region": "Maharashtra",
        "default_code": "998314",
        "bank_details": "HDFC Bank, Lower Parel\nA/c 50200012345678\nIFSC HDFC0000001",
        "upi_id": "accounts@hdfcbank",
        "terms": "Payable within the days stated. Interest of 1.5 % a month on late payment.",
    },
    "BG": {
        "tax_id": "BG175074752",
        "address": "ул. Оборище 18",
        "city": "София",
        "postal_code": "1504",
        "bank_details": "IBAN BG80 BNBG 9661 1020 3456 78\nBIC BNBGBGSD",
        "terms": "Плащане по банков път в посочения срок.",
    },
    "US": {
        "address": "1 Main Street",
        "city": "Austin",
        "postal_code": "78701",
        "region": "Texas",
        "default_tax_rate": "8.25",
        "bank_details": "Routing 111000025\nAccount 000123456789",
        "terms": "Payment due as stated above.",
    },
}
# The youngest stay drafts; payments come so many days after issue.
DRAFTS, VOID_EVERY, PAID_AFTER_DAYS = 2, 17, 11
MOST = 60
REMINDED_DAYS = 300


def load(facts: Mapping[str, Any]) -> None:
    """Does nothing in a company that has invoices: the loader may run twice."""
    if Invoice.objects.exists():
        return
    by = context.actor()
    _describe_seller(by)
    deals = list(_won_deals(by))
    for deal in deals[:-DRAFTS]:
        _invoice(deal, by)
    for deal in deals[-DRAFTS:]:
        draft_invoice_from_deal(deal=deal, by=by)
    owner = active_users().select_related("role").filter(role__slug="owner").first()
    if owner:
        _remind(owner.actor)


def _remind(by: Actor) -> None:
    """The workflow for overdue invoices, at work for most of a year: told of, nobody gets a mail."""
    now = timezone.now()
    begun = now - timedelta(days=REMINDED_DAYS)
    workflow = playing.make("overdue_invoice", at=begun, by=by)
    playing.publish(workflow, at=begun, by=by)
    late = Invoice.objects.filter(status=InvoiceStatus.ISSUED, due_on__gt=begun.date(), due_on__lt=company_today())
    days = late.order_by("due_on").values_list("due_on", flat=True).distinct()
    mornings = [_day_after(on) for on in days if on]
    for moment in (*(one for one in mornings if one < now), now):
        playing.play(until=moment)
        with standing_at(moment):
            waking.strike()
            playing.play(until=moment)
    for task in Task.objects.filter(name__in=_calls(), due_at__lte=now).order_by("due_at", "name"):
        assert task.due_at
        with standing_at(task.due_at):
            update_record(record=task, values={"status": TaskStatus.COMPLETED}, by=by)


def _day_after(on: date) -> datetime:
    """When the clock of the workflow has struck."""
    return datetime.combine(on + timedelta(days=1), time(10), ZoneInfo(company_now().time_zone))


def _calls() -> list[str]:
    """What its calls are named, which were made when they were due."""
    rows = StepRun.objects.filter(step_id="call", enrolment__record_type="invoices")
    return list(rows.values_list("output__name", flat=True))


def _describe_seller(by: Actor) -> InvoicingProfile:
    return update_profile(values=SELLERS.get(company_now().country, {}), by=by)


def _won_deals(by: Actor) -> Any:
    """The newest won deals with an account, oldest first, so that numbers follow the days."""
    rows = visible_to(by, type_named("deals")).filter(status=DealStatus.WON, account__isnull=False, amount__gt=0)
    return reversed(rows.order_by("-closed_on", "-id")[:MOST])


def _invoice(deal: Any, by: Actor) -> None:
    on = min(deal.closed_on or company_today(), company_today())
    draft = draft_invoice_from_deal(deal=deal, by=by)
    try:
        invoice = issue_invoice(invoice=draft, by=by, issued_on=on)
    except Invalid:  # a buyer whose facts are incomplete: its draft shows what is missing
        return
    assert invoice.sequence
    if invoice.sequence % VOID_EVERY == 0:
        void_invoice(invoice=invoice, reason="Billed to the wrong entity", by=by)
    elif _is_paid(invoice, on):
        record_payment(
            invoice=invoice,
            by=by,
            paid_on=on + timedelta(days=PAID_AFTER_DAYS),
            method=_method(invoice),
            reference=f"UTR{invoice.sequence:09d}",
        )


def _is_paid(invoice: Invoice, on: date) -> bool:
    """Old ones are paid but for one in nine, which customers forgot."""
    return on + timedelta(days=PAID_AFTER_DAYS) <= company_today() and (invoice.sequence or 0) % 9 != 0


def _method(invoice: Invoice) -> str:
    ways = (
        [PaymentMethod.BANK, PaymentMethod.UPI]
        if invoice.currency == "INR"
        else [PaymentMethod.BANK, PaymentMethod.CARD]
    )
    return ways[(invoice.sequence or 0) % 2]
