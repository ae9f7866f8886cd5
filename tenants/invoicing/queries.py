"""Reads of invoicing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from tenants.directory.hosts import company_now
from tenants.invoicing.enums import STANDING, InvoiceStatus
from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.invoicing.rates import rate_list
from tenants.kernel.actors import Actor
from tenants.records.queries import record_for, visible_to
from tenants.records.registry import RecordType, type_named

NAME = "invoices"


def invoices() -> RecordType:
    return type_named(NAME)


def invoice_for(actor: Actor, invoice_id: UUID) -> Invoice:
    """One visible invoice, or NotFound."""
    found: Invoice = record_for(actor, invoices(), invoice_id)
    return found


def visible_invoices(actor: Actor) -> "QuerySet[Invoice]":
    return visible_to(actor, invoices())


def company_today() -> date:
    """The day it is where the company is: it decides dates and financial years."""
    return timezone.localdate(timezone=ZoneInfo(company_now().time_zone))


def profile_now() -> InvoicingProfile:
    """Who sells: the saved profile, or the company's own facts until somebody saves one."""
    return InvoicingProfile.objects.first() or default_profile()


def default_profile() -> InvoicingProfile:
    company = company_now()
    known = rate_list(company.country, company_today())
    return InvoicingProfile(
        legal_name=company.name, country=company.country, default_tax_rate=known.standard if known else Decimal(0)
    )


def standing_invoice_of(deal_id: UUID) -> Invoice | None:
    """The invoice of a deal that is neither void nor in the bin."""
    return Invoice.objects.filter(deal_id=deal_id, status__in=STANDING, deleted_at=None).first()


def about(record_type: RecordType, record: Any) -> Q | None:
    """Which invoices belong to a record of another type; None when that type has none."""
    field = {"deals": "deal", "accounts": "account", "contacts": "contact"}.get(record_type.name)
    return Q(**{f"{field}_id": record.pk}) if field else None


@dataclass(frozen=True)
class Outstanding:
    """What is owed in one currency."""

    currency: str
    total: Decimal
    count: int
    overdue: int


def outstanding(actor: Actor) -> list[Outstanding]:
    """What customers owe, per currency, the largest number of invoices first. One query."""
    is_late = Q(due_on__lt=company_today())
    rows = visible_invoices(actor).filter(status=InvoiceStatus.ISSUED).order_by().values("currency")
    figures = rows.annotate(owed=Sum("total"), many=Count("pk"), late=Count("pk", filter=is_late)).order_by("-many")
    return [Outstanding(row["currency"], row["owed"], row["many"], row["late"]) for row in figures]
