"""What happens to an invoice: drafted, its lines changed, issued, paid, voided."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.crm.enums import DealStatus
from tenants.invoicing import numbers
from tenants.invoicing.enums import InvoiceStatus, PaymentMethod
from tenants.invoicing.errors import DealAlreadyInvoiced, DealNotWon, NotADraft, WrongState
from tenants.invoicing.facts import Facts, facts_of, obstacles
from tenants.invoicing.lines import MOST_LINES, clean_line, clean_lines
from tenants.invoicing.models import Invoice, InvoiceLine
from tenants.invoicing.queries import NAME, company_today, invoice_for, profile_now, standing_invoice_of
from tenants.invoicing.totals import retotal, store_totals
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.actions import note_change
from tenants.records.locale import money
from tenants.records.models import Record
from tenants.records.queries import record_for, require, require_on
from tenants.records.registry import type_named


@transaction.atomic
def draft_invoice_from_deal(*, deal: Record, by: Actor) -> Invoice:
    """A draft with one line of the deal's name and amount.

    Emits `invoice.created`. Raises DealNotWon, DealAlreadyInvoiced.
    """
    require(by, "create", NAME)
    found = _locked_deal(deal.pk, by)
    if found.status != DealStatus.WON:
        raise DealNotWon
    if standing := standing_invoice_of(found.pk):
        raise DealAlreadyInvoiced(standing)
    profile = profile_now()
    invoice = Invoice.objects.create(
        deal_id=found.pk, account_id=found.account_id, contact_id=found.contact_id, currency=found.currency,
        owner_id=found.owner_id or by.user_id, created_by_id=by.user_id, terms=profile.terms,
    )  # fmt: skip
    InvoiceLine.objects.create(
        invoice=invoice, position=1, description=found.name, code=profile.default_code,
        unit_price=found.amount, tax_rate=profile.default_tax_rate,
    )  # fmt: skip
    retotal(invoice)
    told = {"deal": [None, {"id": str(found.pk), "name": str(found)}]}
    note_change(record=invoice, action="created", changes=told, by=by)
    return invoice_for(by, invoice.pk)


def _locked_deal(deal_id: UUID, by: Actor) -> Any:
    """The deal's row is held until the end, so that two clicks meet one after the other."""
    deals = type_named("deals")
    deals.model._default_manager.select_for_update().filter(pk=deal_id).values_list("pk").first()
    return record_for(by, deals, deal_id)


@transaction.atomic
def set_lines(*, invoice: Invoice, rows: Sequence[Mapping[str, Any]], by: Actor) -> Invoice:
    """Make the lines of a draft exactly these, in this order; a row with `id` changes that line.

    Emits `invoice.updated`. Raises Invalid (fields like `lines.0.quantity`), NotADraft, NotFound.
    """
    invoice = _locked_draft(invoice, by)
    cleaned = clean_lines(rows, country=profile_now().country)
    known = {str(line.pk): line for line in invoice.lines.all()}
    kept = [_line_of(row, known) for row in rows]
    for position, (line, values) in enumerate(zip(kept, cleaned, strict=True), start=1):
        _write(line or InvoiceLine(invoice=invoice), values, position)
    stay = {line.pk for line in kept if line}
    InvoiceLine.objects.filter(pk__in=[line.pk for line in known.values() if line.pk not in stay]).delete()
    return _relined(invoice, by)


def _line_of(row: Mapping[str, Any], known: dict[str, InvoiceLine]) -> InvoiceLine | None:
    wanted = str(row.get("id") or "")
    if wanted and wanted not in known:
        raise NotFound(_("A line of this invoice was removed meanwhile. Load it again."))
    return known.get(wanted)


def _write(line: InvoiceLine, values: Mapping[str, Any], position: int) -> None:
    for name, value in values.items():
        setattr(line, name, value)
    line.position = position
    line.save()


@transaction.atomic
def add_line(*, invoice: Invoice, values: Mapping[str, Any], by: Actor) -> InvoiceLine:
    """A line at the end of a draft; without a rate it takes the profile's. Raises Invalid, NotADraft."""
    invoice = _locked_draft(invoice, by)
    profile = profile_now()
    count = invoice.lines.count()
    if count >= MOST_LINES:
        raise Invalid({"lines": [_("Use at most %(most)d lines.") % {"most": MOST_LINES}]})
    start = {"description": "", "tax_rate": profile.default_tax_rate, "code": profile.default_code}
    line = InvoiceLine(invoice=invoice)
    _write(line, clean_line(start | dict(values), country=profile.country), count + 1)
    _relined(invoice, by)
    return InvoiceLine.objects.get(pk=line.pk)


@transaction.atomic
def change_line(*, line: InvoiceLine, values: Mapping[str, Any], by: Actor) -> InvoiceLine:
    """Change what was sent of one line. Raises Invalid, NotADraft."""
    invoice = _locked_draft(line.invoice, by)
    line = _line_for(invoice, line.pk)
    _write(line, clean_line(values, country=profile_now().country), line.position)
    _relined(invoice, by)
    return InvoiceLine.objects.get(pk=line.pk)


@transaction.atomic
def remove_line(*, line: InvoiceLine, by: Actor) -> None:
    invoice = _locked_draft(line.invoice, by)
    _line_for(invoice, line.pk).delete()
    _relined(invoice, by)


def _line_for(invoice: Invoice, line_id: UUID) -> InvoiceLine:
    found = invoice.lines.filter(pk=line_id).first()
    if not found:
        raise NotFound(_("There is no such line."))
    return found


def _relined(invoice: Invoice, by: Actor) -> Invoice:
    """Totals follow the lines; history says what the total became."""
    before = invoice.total
    invoice.version += 1
    retotal(invoice)
    note_change(record=invoice, action="updated", changes={"total": [str(before), str(invoice.total)]}, by=by)
    return invoice_for(by, invoice.pk)


@transaction.atomic
def issue_invoice(*, invoice: Invoice, by: Actor, issued_on: date | None = None) -> Invoice:
    """Number and freeze a draft; a second click finds it done.

    Until the transaction ends it holds the number series, so a rollback leaves
    no gap. Emits `invoice.issued`. Raises Invalid (what is missing), WrongState,
    NumberTooLong.
    """
    invoice = _locked(invoice, by)
    if invoice.status in (InvoiceStatus.ISSUED, InvoiceStatus.PAID):
        return invoice
    if not invoice.is_draft:
        raise WrongState(_("%(invoice)s is void.") % {"invoice": invoice}, field="status")
    profile, lines = profile_now(), list(invoice.lines.all())
    facts = facts_of(invoice, lines, profile)
    on = _checked_day(issued_on or company_today())
    if missing := obstacles(facts, lines, on):
        raise Invalid(missing)
    _number(invoice, facts, prefix=profile.prefix, on=on)
    _freeze(invoice, facts, rounding_rule=profile.rounding_rule)
    invoice.due_on = invoice.due_on or on + timedelta(days=profile.due_days)
    store_totals(invoice, lines, facts.totals)
    note_change(record=invoice, action="issued", changes=_told(invoice), by=by)
    return invoice_for(by, invoice.pk)


def _checked_day(on: date) -> date:
    if on > company_today():
        raise Invalid({"issued_on": [_("An invoice cannot be issued on a day to come.")]})
    return on


def _number(invoice: Invoice, facts: Facts, *, prefix: str, on: date) -> None:
    allotted = numbers.allot(country=facts.seller.country, tax_id=facts.seller.tax_id, prefix=prefix, on=on)
    invoice.series, invoice.sequence, invoice.number = allotted.series, allotted.sequence, allotted.number
    invoice.status, invoice.issued_on, invoice.issued_at = InvoiceStatus.ISSUED, on, timezone.now()


def _freeze(invoice: Invoice, facts: Facts, *, rounding_rule: str) -> None:
    invoice.seller, invoice.buyer = facts.seller.to_json(), facts.buyer.to_json()
    invoice.place_of_supply = facts.supply.place
    invoice.regime, invoice.legend = facts.supply.regime.code, facts.supply.regime.legend
    invoice.rounding_rule = rounding_rule
    invoice.version += 1


def _told(invoice: Invoice) -> dict[str, Any]:
    return {"status": [InvoiceStatus.DRAFT, InvoiceStatus.ISSUED], "number": [None, invoice.number]}


@transaction.atomic
def record_payment(
    *,
    invoice: Invoice,
    by: Actor,
    paid_on: date | None = None,
    method: str = PaymentMethod.BANK,
    amount: Any = None,
    reference: str = "",
) -> Invoice:
    """Mark an issued invoice as paid in full; a second click finds it done.

    Emits `invoice.paid`. Raises Invalid, WrongState.
    """
    invoice = _locked(invoice, by)
    if invoice.status == InvoiceStatus.PAID:
        return invoice
    if not invoice.is_open:
        raise WrongState(_("Only an issued invoice can be paid."), field="status", fix=_("Issue it first."))
    paid_on = paid_on or company_today()
    _check_payment(invoice, paid_on, method, amount, reference)
    invoice.status, invoice.paid_on, invoice.paid_at = InvoiceStatus.PAID, paid_on, timezone.now()
    invoice.amount_paid, invoice.payment_method, invoice.payment_reference = invoice.total, method, reference.strip()
    invoice.version += 1
    invoice.save()
    note_change(record=invoice, action="paid", changes={"status": [InvoiceStatus.ISSUED, InvoiceStatus.PAID]}, by=by)
    return invoice


def _check_payment(invoice: Invoice, paid_on: date, method: str, amount: Any, reference: str) -> None:
    errors: dict[str, list[str]] = {}
    if amount is not None and amount != invoice.total:
        due = money(invoice.total, invoice.currency, is_exact=True)
        errors["amount"] = [_("Only full payments are kept so far: write %(due)s.") % {"due": due}]
    if method not in PaymentMethod.values:
        errors["method"] = [_("Choose one of: %(known)s.") % {"known": ", ".join(PaymentMethod.values)}]
    if paid_on > company_today():
        errors["paid_on"] = [_("This day is still to come.")]
    if len(reference) > 80 or "\x00" in reference:
        errors["reference"] = [_("Use at most 80 characters.")]
    if errors:
        raise Invalid(errors)


@transaction.atomic
def void_invoice(*, invoice: Invoice, reason: str, by: Actor) -> Invoice:
    """Declare an issued invoice void: it keeps its number, and the reason stands with it.

    Emits `invoice.voided`. Raises Invalid, WrongState.
    """
    invoice = _locked(invoice, by)
    if invoice.status == InvoiceStatus.VOID:
        return invoice
    if not invoice.is_open:
        raise WrongState(_("Only an issued, unpaid invoice can be voided."), field="status")
    text = " ".join(reason.replace("\x00", "").split())
    if not text or len(text) > 300:
        raise Invalid({"reason": [_("Write why, in at most 300 characters.")]})
    invoice.status, invoice.voided_at, invoice.void_reason = InvoiceStatus.VOID, timezone.now(), text
    invoice.version += 1
    invoice.save()
    note_change(record=invoice, action="voided", changes={"status": [InvoiceStatus.ISSUED, InvoiceStatus.VOID]}, by=by)
    return invoice


def _locked(invoice: Invoice, by: Actor) -> Invoice:
    require_on(by, "edit", invoice)
    Invoice.objects.select_for_update().filter(pk=invoice.pk).values_list("pk").first()
    return invoice_for(by, invoice.pk)


def _locked_draft(invoice: Invoice, by: Actor) -> Invoice:
    found = _locked(invoice, by)
    if not found.is_draft:
        raise NotADraft(found)
    return found
