"""The pages: what they show, who may, and what they cost."""

import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from tenants.identity.actions import add_user
from tenants.identity.models import User
from tenants.invoicing.actions import add_line, set_lines, void_invoice
from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.kernel.actors import Actor
from tests.factories import Twin

HTMX = {"HX-Request": "true"}
LINE = {
    "id": "", "description": "Panels", "code": "998314", "quantity": "2", "unit": "NOS", "unit_price": "1000",
    "discount_percent": "0", "tax_rate": "18",
}  # fmt: skip


def url(invoice: Invoice, rest: str = "") -> str:
    return f"/invoices/{invoice.pk}/{rest}"


@pytest.fixture
def reader(company: Twin) -> Client:
    add_user(email="reader@alpha.example", name="Reader", role="read-only", password="correct horse battery 9")
    return company.signed_in("reader@alpha.example")


def test_won_deal_offers_an_invoice(owner: Client, won_deal: Any) -> None:
    assert f"/deals/{won_deal.pk}/invoice/" in owner.get(f"/deals/{won_deal.pk}/").content.decode()


def test_open_deal_offers_none(owner: Client, company: Twin) -> None:
    assert f"/deals/{company.deal_id}/invoice/" not in owner.get(f"/deals/{company.deal_id}/").content.decode()


def test_invoice_from_deal_leads_to_one_draft(owner: Client, won_deal: Any) -> None:
    first = owner.post(f"/deals/{won_deal.pk}/invoice/", headers=HTMX)
    second = owner.post(f"/deals/{won_deal.pk}/invoice/", headers=HTMX)

    assert first.status_code == 204
    assert first["HX-Redirect"] == second["HX-Redirect"] == url(Invoice.objects.get())


def test_draft_page_shows_paper_and_editor(owner: Client, draft: Invoice) -> None:
    page = owner.get(url(draft)).content.decode()

    assert "₹21,71,200.00" in page
    assert 'name="unit_price"' in page
    assert "Issue this invoice as INV/" in page


def test_draft_page_says_what_is_missing(owner: Client, draft: Invoice, by: Actor) -> None:
    set_lines(invoice=draft, rows=[], by=by)

    assert "Add at least one line." in owner.get(url(draft)).content.decode()


def test_lines_are_saved(owner: Client, draft: Invoice) -> None:
    answer = owner.post(url(draft, "lines/"), LINE, headers=HTMX)

    assert (answer.status_code, answer["HX-Redirect"]) == (204, url(draft))
    assert Invoice.objects.get().total == 2360


def test_wrong_lines_come_back_with_their_words(owner: Client, draft: Invoice) -> None:
    answer = owner.post(url(draft, "lines/"), LINE | {"quantity": "many"}, headers=HTMX)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'value="many"' in page
    assert "aria-invalid" in page
    assert "<html" not in page
    assert Invoice.objects.get().total == 2_171_200


def test_totals_while_typing_store_nothing(owner: Client, draft: Invoice) -> None:
    page = owner.post(url(draft, "lines/totals/"), LINE, headers=HTMX).content.decode()

    assert "₹2,360.00" in page
    assert 'id="amount-0" class="num right" hx-swap-oob="true">₹2,000.00<' in page
    assert Invoice.objects.get().total == 2_171_200


def test_rows_are_added_and_removed_as_typed(owner: Client, draft: Invoice) -> None:
    more = owner.post(url(draft, "lines/rows/?add=1"), LINE, headers=HTMX).content.decode()
    fewer = owner.post(url(draft, "lines/rows/?remove=0"), LINE, headers=HTMX).content.decode()

    assert (more.count('name="description"'), fewer.count('name="description"')) == (2, 0)
    assert draft.lines.count() == 1


def test_lines_that_do_not_match_up_are_refused(owner: Client, draft: Invoice) -> None:
    assert owner.post(url(draft, "lines/"), {"description": ["A", "B"]}, headers=HTMX).status_code == 422


def test_issue_pay_and_read(owner: Client, draft: Invoice) -> None:
    issued = owner.post(url(draft, "issuance/"), headers=HTMX)
    assert (issued.status_code, issued["HX-Redirect"]) == (204, url(draft))

    paid = owner.post(url(draft, "payment/"), {"paid_on": "2026-01-01", "method": "upi"}, headers=HTMX)
    assert paid.status_code == 204
    assert Invoice.objects.get().status == "paid"
    assert 'name="unit_price"' not in owner.get(url(draft)).content.decode()


def test_issue_that_is_refused_says_why(owner: Client, draft: Invoice, by: Actor) -> None:
    set_lines(invoice=draft, rows=[], by=by)

    answer = owner.post(url(draft, "issuance/"), headers=HTMX)

    assert answer.status_code == 422
    assert json.loads(answer["HX-Trigger"])["toast"]["text"] == "Add at least one line."


def test_void_asks_for_a_reason(owner: Client, issued: Invoice) -> None:
    assert owner.post(url(issued, "voidance/"), {"reason": " "}, headers=HTMX).status_code == 422
    assert owner.post(url(issued, "voidance/"), {"reason": "Twice"}, headers=HTMX).status_code == 204
    assert "Void: Twice" in owner.get(url(issued)).content.decode()


def test_issued_pdf_is_the_same_file_each_time(owner: Client, issued: Invoice) -> None:
    first, second = (owner.get(url(issued, "pdf/?download=1")) for _ in range(2))

    assert first.content == second.content
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="{issued.number.replace("/", "-")}.pdf"'
    assert Invoice.objects.get().pdf_file


@pytest.mark.parametrize("mark", ["Draft", "Void"])
def test_copies_that_do_not_count_are_marked(owner: Client, draft: Invoice, by: Actor, mark: str) -> None:
    if mark == "Void":
        owner.post(url(draft, "issuance/"))
        void_invoice(invoice=draft, reason="Twice", by=by)

    pages = PdfReader(io.BytesIO(owner.get(url(draft, "pdf/")).content)).pages

    assert mark in pages[0].extract_text().replace(draft.number or "Draft invoice", "").split()


def test_reader_reads_and_does_nothing(reader: Client, draft: Invoice) -> None:
    page = reader.get(url(draft)).content.decode()
    assert "₹21,71,200.00" in page
    assert "/issuance/" not in page
    assert 'name="unit_price"' not in page

    posts = ["issuance/", "lines/", "lines/rows/", "lines/totals/", "payment/", "voidance/"]
    assert {reader.post(url(draft, rest), LINE | {"reason": "x"}).status_code for rest in posts} == {403}
    assert reader.get("/settings/invoicing/").status_code == 403
    assert Invoice.objects.get().status == "draft"


def test_strangers_find_nothing(twins: tuple[Twin, Twin], client: Client, issued: Invoice) -> None:
    other = twins[1].signed_in()
    for rest in ("", "pdf/", "payment/"):
        assert other.get(url(issued, rest)).status_code == 404
        assert client.get(url(issued, rest)).status_code == 302
    assert other.post(url(issued, "voidance/"), {"reason": "x"}).status_code == 404


def test_session_of_the_other_company_opens_no_pdf(twins: tuple[Twin, Twin], issued: Invoice) -> None:
    other = twins[1].signed_in()

    answer = other.get(url(issued, "pdf/"), headers={"host": twins[0].host})

    assert answer.status_code == 302
    assert b"%PDF" not in answer.content


def test_pages_carry_no_sentinel_of_the_other(twins: tuple[Twin, Twin], owner: Client, issued: Invoice) -> None:
    for path in (url(issued), "/invoices/", f"/accounts/{twins[0].account_id}/", "/"):
        page = owner.get(path).content.decode()
        assert twins[1].sentinel not in page
        assert "OmniFlow" not in page


def test_account_and_deal_tell_of_their_invoices(owner: Client, issued: Invoice) -> None:
    for path in (f"/accounts/{issued.account_id}/", f"/deals/{issued.deal_id}/"):
        page = owner.get(path).content.decode()
        assert f"issued {issued.number} over ₹21,71,200" in page
        assert url(issued) in page


def test_dashboard_counts_what_is_owed(owner: Client, issued: Invoice) -> None:
    page = owner.get("/").content.decode()

    assert "₹21,71,200" in page
    assert "1 open invoice" in page


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_invoice_page_costs_the_same_whatever_its_length(owner: Client, draft: Invoice, by: Actor) -> None:
    owner.get(url(draft))
    few = queries_of(owner, url(draft))
    for n in range(5):
        add_line(invoice=draft, values={"description": f"Line {n}"}, by=by)

    assert queries_of(owner, url(draft)) == few <= 15


def test_settings_save_and_refuse(owner: Client, company: Twin) -> None:
    page = owner.get("/settings/invoicing/")
    values = {name: value for name, value in page.context["form"].initial.items() if value is not None}

    wrong = owner.post("/settings/invoicing/", values | {"tax_id": "27AAPFU0939F1ZA"})
    right = owner.post("/settings/invoicing/", values | {"tax_id": "27AAPFU0939F1ZV", "prefix": "sol"})

    assert wrong.status_code == 422
    assert "mistyped" in wrong.content.decode()
    assert right.status_code == 302
    assert (InvoicingProfile.objects.get().prefix, InvoicingProfile.objects.get().tax_id) == ("SOL", "27AAPFU0939F1ZV")


@pytest.mark.parametrize("name", ["default_tax_rate", "due_days"])
def test_empty_numbers_are_asked_for_and_nothing_is_lost(owner: Client, company: Twin, name: str) -> None:
    page = owner.get("/settings/invoicing/")
    values = {key: value for key, value in page.context["form"].initial.items() if value is not None}

    answer = owner.post("/settings/invoicing/", values | {name: "", "city": "Satara"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert 'value="Satara"' in answer.content.decode()


def test_role_without_settings_sees_no_settings(company: Twin) -> None:
    add_user(email="rep@alpha.example", name="Rep", role="sales-rep", password="correct horse battery 9")

    assert User.objects.get(email="rep@alpha.example")
    assert company.signed_in("rep@alpha.example").get("/settings/invoicing/").status_code == 403
