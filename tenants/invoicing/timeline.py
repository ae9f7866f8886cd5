"""Invoices in the stories of deals and accounts, and beside them."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.crm.enums import DealStatus
from tenants.invoicing.enums import InvoiceStatus
from tenants.invoicing.models import Invoice
from tenants.invoicing.queries import NAME, about, company_today, visible_invoices
from tenants.kernel import context
from tenants.kernel.modules import Panel, QuickAction
from tenants.records.locale import day, money
from tenants.records.registry import type_of
from tenants.records.timeline import LENGTH, Entry

TONES = {InvoiceStatus.ISSUED: "info", InvoiceStatus.PAID: "good"}
BESIDE = 10


def timeline(record: Any) -> Iterable[Entry]:
    """When invoices of this record were issued, paid or voided; to those who may read invoices."""
    for invoice in _of(record)[:LENGTH]:
        yield from _entries(invoice)


def _of(record: Any) -> Any:
    record_type = type_of(record)
    belongs = about(record_type, record) if record_type else None
    if belongs is None or not context.actor().may("view", NAME):
        return Invoice.objects.none()
    return visible_invoices(context.actor()).filter(belongs).order_by("-created_at")


def _entries(invoice: Invoice) -> Iterable[Entry]:
    who, amount = str(invoice.owner or _("Nobody")), money(invoice.total, invoice.currency)
    words = {"number": invoice.number, "amount": amount}
    if invoice.issued_at and invoice.issued_on:
        yield _entry(
            invoice,
            _at(invoice.issued_on, invoice.issued_at),
            "file-invoice",
            who,
            _("issued %(number)s over %(amount)s") % words,
        )
    if invoice.paid_at and invoice.paid_on:
        yield _entry(
            invoice,
            _at(invoice.paid_on, invoice.paid_at),
            "circle-check",
            who,
            _("got %(amount)s for %(number)s") % words,
        )
    if invoice.voided_at:
        yield _entry(invoice, invoice.voided_at, "ban", who, _("voided %(number)s") % words)


def _entry(invoice: Invoice, at: datetime, icon: str, who: str, text: str) -> Entry:
    return Entry(id=invoice.pk, at=at, icon=icon, who=who, text=text, object=invoice, template="invoicing/entry.html")


def _at(on: date, noted_at: datetime) -> datetime:
    """The moment it was noted, unless that was for another day: then noon of that day."""
    if timezone.localtime(noted_at).date() == on:
        return noted_at
    return timezone.make_aware(datetime.combine(on, time(12)))


def panels(record: Any) -> Iterable[Panel]:
    record_type = type_of(record)
    if record_type and about(record_type, record) is not None and context.actor().may("view", NAME):
        yield Panel(label=_("Invoices"), items=[_item(invoice) for invoice in _of(record)[:BESIDE]], order=30)


def _item(invoice: Invoice) -> dict[str, Any]:
    tag, tone = status_of(invoice)
    text = money(invoice.total, invoice.currency)
    if invoice.is_open and invoice.due_on:
        text = _("%(amount)s · due %(day)s") % {"amount": text, "day": day(invoice.due_on)}
    return {
        "url": reverse("records:record", args=[NAME, invoice.pk]),
        "name": str(invoice),
        "text": text,
        "tag": tag,
        "tone": tone,
    }


def status_of(invoice: Invoice) -> tuple[str, str]:
    """The status in a word and the tone of its tag; overdue is said before issued."""
    if is_overdue(invoice):
        return _("Overdue"), "bad"
    return str(InvoiceStatus(invoice.status).label), TONES.get(InvoiceStatus(invoice.status), "")


def is_overdue(invoice: Invoice) -> bool:
    return bool(invoice.is_open and invoice.due_on and invoice.due_on < company_today())


def quick_actions(record: Any) -> Iterable[QuickAction]:
    """A won deal can be invoiced."""
    record_type = type_of(record)
    is_won = bool(record_type and record_type.name == "deals" and record.status == DealStatus.WON)
    if is_won and context.actor().may("create", NAME):
        url = reverse("invoicing:from-deal", args=[record.pk])
        yield QuickAction(label=_("Invoice"), icon="file-invoice", url=url, method="post", order=60)
