"""From a won deal to a paid or void invoice."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tenants.crm.models import Deal
from tenants.invoicing.actions import (
    add_line,
    change_line,
    draft_invoice_from_deal,
    issue_invoice,
    record_payment,
    remove_line,
    set_lines,
    void_invoice,
)
from tenants.invoicing.errors import DealAlreadyInvoiced, DealNotWon, NotADraft, WrongState
from tenants.invoicing.models import Invoice, InvoicingProfile, NumberSeries
from tenants.invoicing.profile import update_profile
from tenants.invoicing.queries import company_today
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.actions import create_record, delete_record, restore_record, update_record
from tenants.records.models import Change, Event
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.invoicing.conftest import win

READER = Actor(kind="user", name="Reader", grants={"*": frozenset({"view"})})


def test_draft_from_won_deal(draft: Invoice, won_deal: Any) -> None:
    line = draft.lines.get()

    assert (draft.status, draft.number, draft.deal_id) == ("draft", None, won_deal.pk)
    assert (line.description, line.unit_price, line.tax_rate, line.code) == (
        won_deal.name,
        won_deal.amount,
        18,
        "998314",
    )
    assert (draft.subtotal, draft.tax_total, draft.total) == (1_840_000, 331_200, 2_171_200)


def test_draft_from_open_deal_is_refused(company: Twin, by: Actor) -> None:
    with pytest.raises(DealNotWon):
        draft_invoice_from_deal(deal=Deal.objects.get(pk=company.deal_id), by=by)

    assert not Invoice.objects.exists()


def test_second_draft_of_a_deal_names_the_first(draft: Invoice, won_deal: Any, by: Actor) -> None:
    with pytest.raises(DealAlreadyInvoiced) as refused:
        draft_invoice_from_deal(deal=won_deal, by=by)

    assert refused.value.invoice == draft
    assert Invoice.objects.count() == 1


def test_void_makes_room_for_another(issued: Invoice, won_deal: Any, by: Actor) -> None:
    void_invoice(invoice=issued, reason="Wrong buyer", by=by)

    assert issue_invoice(invoice=draft_invoice_from_deal(deal=won_deal, by=by), by=by).number.endswith("/0002")


def test_issue_numbers_freezes_and_announces(issued: Invoice) -> None:
    assert issued.number == f"INV/{NumberSeries.objects.get().period}/0001"
    assert (issued.status, issued.place_of_supply, issued.regime) == ("issued", "27", "inter")
    assert issued.seller["tax_id"] == "29AAGCB7383J1Z4"
    assert issued.buyer["state"] == "27"
    assert issued.due_on == issued.issued_on + timedelta(days=15)
    assert [(tax.name, tax.rate, tax.amount) for tax in issued.taxes.all()] == [("IGST", 18, 331_200)]
    assert Event.objects.filter(name="invoice.issued", record_id=issued.pk).count() == 1
    assert Change.objects.filter(action="issued", record_id=issued.pk).count() == 1


def test_issued_invoice_ignores_later_changes_of_its_parties(issued: Invoice, by: Actor) -> None:
    update_record(record=issued.account, values={"name": "Renamed"}, by=by)
    update_profile(values={"legal_name": "Other", "prefix": "NEW"}, by=by)

    fresh = Invoice.objects.get(pk=issued.pk)

    assert fresh.buyer == issued.buyer
    assert fresh.seller == issued.seller


def test_issuing_twice_takes_one_number(issued: Invoice, by: Actor) -> None:
    again = issue_invoice(invoice=issued, by=by)

    assert again.number == issued.number
    assert NumberSeries.objects.get().last == 1
    assert Event.objects.filter(name="invoice.issued").count() == 1


def test_rollback_leaves_no_gap(draft: Invoice, by: Actor) -> None:
    with transaction.atomic():
        issue_invoice(invoice=draft, by=by)
        transaction.set_rollback(True)

    assert issue_invoice(invoice=draft, by=by).sequence == 1


def test_next_financial_year_starts_at_one(registered: Twin, by: Actor) -> None:
    today = company_today()
    numbers = []
    for issued_on in (today - timedelta(days=366), today):
        deal = win(make("deals", name="Roof", account=registered.account_id, amount="100"), by)
        draft = draft_invoice_from_deal(deal=deal, by=by)
        numbers.append(issue_invoice(invoice=draft, by=by, issued_on=issued_on).number)

    assert [number[-4:] for number in numbers] == ["0001", "0001"]
    assert len(set(numbers)) == 2


def test_issue_says_everything_that_is_missing(company: Twin, won_deal: Any, by: Actor) -> None:
    update_profile(values={"tax_id": "29AAGCB7383J1Z4"}, by=by)
    draft = draft_invoice_from_deal(deal=won_deal, by=by)
    update_record(record=draft.account, values={"tax_id": "27AAPFU0939F1ZA"}, by=by)

    with pytest.raises(Invalid) as refused:
        issue_invoice(invoice=draft, by=by)

    assert set(refused.value.errors) == {"seller.address", "buyer.tax_id", "lines.0.code"}
    assert Invoice.objects.get().status == "draft"
    assert not NumberSeries.objects.exists()


def test_unregistered_company_issues_at_once(company: Twin, won_deal: Any, by: Actor) -> None:
    issued = issue_invoice(invoice=draft_invoice_from_deal(deal=won_deal, by=by), by=by)

    assert (issued.total, issued.regime, issued.taxes.count()) == (1_840_000, "unregistered", 0)
    assert not InvoicingProfile.objects.exists()


def test_issue_refuses_a_rate_the_day_does_not_know(draft: Invoice, by: Actor) -> None:
    change_line(line=draft.lines.get(), values={"tax_rate": "28"}, by=by)

    with pytest.raises(Invalid) as refused:
        issue_invoice(invoice=draft, by=by)

    assert set(refused.value.errors) == {"lines.0.tax_rate"}


def test_issue_refuses_a_day_to_come(draft: Invoice, by: Actor) -> None:
    with pytest.raises(Invalid):
        issue_invoice(invoice=draft, by=by, issued_on=company_today() + timedelta(days=1))


def test_lines_of_a_draft(draft: Invoice, by: Actor) -> None:
    line = add_line(invoice=draft, values={"description": "Cable", "quantity": "2.5", "unit_price": "10.10"}, by=by)
    assert (line.net, line.tax, line.position) == (Decimal("25.25"), Decimal("4.55"), 2)

    change_line(line=line, values={"discount_percent": "10"}, by=by)
    assert Invoice.objects.get().subtotal == Decimal("1840022.72")

    remove_line(line=line, by=by)
    assert Invoice.objects.get().total == 2_171_200


def test_set_lines_names_row_and_field_at_fault(draft: Invoice, by: Actor) -> None:
    rows = [{"description": "A", "quantity": "0"}, {"description": "", "tax_rate": "101", "code": "12"}]

    with pytest.raises(Invalid) as refused:
        set_lines(invoice=draft, rows=rows, by=by)

    assert set(refused.value.errors) == {"lines.0.quantity", "lines.1.description", "lines.1.tax_rate", "lines.1.code"}
    assert draft.lines.count() == 1


def test_set_lines_keeps_ids_and_order(draft: Invoice, by: Actor) -> None:
    line = draft.lines.get()

    set_lines(invoice=draft, rows=[{"description": "New"}, {"id": line.pk, "description": "Kept"}], by=by)

    assert [(one.description, one.pk == line.pk) for one in draft.lines.all()] == [("New", False), ("Kept", True)]


def test_issued_invoice_cannot_be_changed_by_any_door(issued: Invoice, by: Actor) -> None:
    line = issued.lines.get()
    for door in (
        lambda: set_lines(invoice=issued, rows=[], by=by),
        lambda: add_line(invoice=issued, values={"description": "More"}, by=by),
        lambda: change_line(line=line, values={"unit_price": "1"}, by=by),
        lambda: remove_line(line=line, by=by),
        lambda: update_record(record=issued, values={"currency": "USD"}, by=by),
        lambda: delete_record(record=issued, by=by),
    ):
        with pytest.raises(NotADraft):
            door()

    assert Invoice.objects.get().total == 2_171_200


def test_money_of_an_invoice_is_no_generic_field(company: Twin, by: Actor) -> None:
    with pytest.raises(Invalid):
        create_record(
            record_type=type_named("invoices"), values={"currency": "INR", "total": "5", "number": "X"}, by=by
        )


def test_restoring_a_draft_whose_deal_has_another_is_refused(draft: Invoice, won_deal: Any, by: Actor) -> None:
    delete_record(record=draft, by=by)
    draft_invoice_from_deal(deal=won_deal, by=by)

    with pytest.raises(WrongState):
        restore_record(record=draft, by=by)


def test_payment(issued: Invoice, by: Actor) -> None:
    paid = record_payment(invoice=issued, method="upi", reference=" UTR1 ", by=by)
    again = record_payment(invoice=issued, method="cash", by=by)

    assert (paid.status, paid.amount_paid, paid.payment_method, paid.payment_reference) == (
        "paid",
        paid.total,
        "upi",
        "UTR1",
    )
    assert again.payment_method == "upi"
    assert Event.objects.filter(name="invoice.paid").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [({"amount": Decimal(1)}, "amount"), ({"method": "gold"}, "method"), ({"paid_on": date(2999, 1, 1)}, "paid_on")],
)
def test_payment_that_is_refused(issued: Invoice, by: Actor, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        record_payment(invoice=issued, by=by, **values)

    assert set(refused.value.errors) == {field}
    assert Invoice.objects.get().status == "issued"


def test_void_keeps_number_and_reason(issued: Invoice, by: Actor) -> None:
    void = void_invoice(invoice=issued, reason="Twice the same", by=by)

    assert (void.status, void.number, void.void_reason) == ("void", issued.number, "Twice the same")
    with pytest.raises(WrongState):
        record_payment(invoice=void, by=by)
    with pytest.raises(WrongState):
        issue_invoice(invoice=void, by=by)


def test_reader_changes_nothing(draft: Invoice, won_deal: Any) -> None:
    for act in (
        lambda: issue_invoice(invoice=draft, by=READER),
        lambda: draft_invoice_from_deal(deal=won_deal, by=READER),
        lambda: set_lines(invoice=draft, rows=[], by=READER),
        lambda: record_payment(invoice=draft, by=READER),
        lambda: void_invoice(invoice=draft, reason="x", by=READER),
        lambda: update_profile(values={"prefix": "X"}, by=READER),
    ):
        with pytest.raises(Denied):
            act()

    assert Invoice.objects.get().status == "draft"


def test_database_refuses_what_code_might_let_through(issued: Invoice, draft: Invoice) -> None:
    for change in ({"number": None}, {"sequence": None}, {"status": "draft"}, {"deleted_at": "2026-01-01T00:00Z"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.filter(pk=issued.pk).update(**change)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"tax_id": "27AAPFU0939F1ZA"}, "tax_id"),
        ({"prefix": "LONGER"}, "prefix"),
        ({"country": "XX"}, "country"),
        ({"default_code": "12345"}, "default_code"),
        ({"default_tax_rate": "17"}, "default_tax_rate"),
        ({"upi_id": "nobody"}, "upi_id"),
        ({"due_days": "400"}, "due_days"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_profile_refuses(company: Twin, by: Actor, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        update_profile(values=values, by=by)

    assert set(refused.value.errors) == {field}
    assert not InvoicingProfile.objects.exists()
