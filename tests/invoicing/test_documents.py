"""The PDF: what it says, that it stays, and that it fetches nothing."""

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tenants.directory import hosts
from tenants.invoicing import documents
from tenants.invoicing.actions import issue_invoice, set_lines
from tenants.invoicing.models import Invoice
from tenants.invoicing.tasks import store_pdf
from tenants.kernel.actors import Actor
from tenants.records.actions import update_record
from tests.factories import Twin


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_pdf_of_issued_states_number_money_and_buyer(issued: Invoice) -> None:
    text = text_of(documents.pdf_of(issued))

    assert issued.number in text
    assert "₹21,71,200.00" in text
    assert "IGST 18%" in text
    assert issued.buyer["name"] in text
    assert "GSTIN: 27AAPFU0939F1ZV" in text
    assert "Rupees Twenty One Lakh Seventy One Thousand Two Hundred Only" in " ".join(text.split())


def test_pdf_carries_devanagari_and_cyrillic(draft: Invoice, by: Actor) -> None:
    update_record(record=draft.account, values={"name": "भारत सौर ऊर्जा"}, by=by)
    set_lines(invoice=draft, rows=[{"description": "Слънчева централа", "unit_price": "100", "code": "998314"}], by=by)

    text = text_of(documents.pdf_of(issue_invoice(invoice=draft, by=by)))

    assert "भारत" in text
    assert "Слънчева централа" in text


def test_pdf_is_written_in_the_companys_language(
    issued: Invoice, company: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = hosts.tenant_now()
    assert tenant.company
    bulgarian = replace(tenant, company=replace(tenant.company, language="bg", country="BG"))
    monkeypatch.setitem(hosts._companies, company.company.pk, (float("inf"), bulgarian))

    text = " ".join(text_of(documents.render_pdf(issued)).split())

    assert "2171200,00 INR" in re.sub(r"(?<=\d)\s(?=\d)", "", text)


def test_nothing_is_fetched() -> None:
    fetcher = documents.OnlyInline()

    for url in ("http://127.0.0.1/x", "https://example.com/x", "file:///etc/passwd", "ftp://example.com/x"):
        with pytest.raises(ValueError, match="disallowed protocol"):
            fetcher.fetch(url)


def test_hostile_words_stay_words(draft: Invoice, by: Actor) -> None:
    hostile = '<img src="file:///etc/hostname"><b>bold</b>'
    set_lines(invoice=draft, rows=[{"description": hostile, "unit_price": "1", "code": "998314"}], by=by)

    text = text_of(documents.pdf_of(draft))

    assert "<b>bold</b>" in "".join(text.split("\n"))


def test_document_task_runs_twice_and_forgives_a_vanished_row(issued: Invoice, company: Twin) -> None:
    ident = str(company.company.pk)
    for _ in range(2):
        store_pdf(str(issued.pk), company_id=ident)
    store_pdf(str(company.deal_id), company_id=ident)

    assert len(Invoice.objects.get().pdf_digest) == 64


def test_document_stays_when_the_brand_changes(issued: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    before = documents.pdf_of(issued)
    monkeypatch.setattr(documents, "render_pdf", lambda invoice: pytest.fail("rendered again"))

    assert documents.pdf_of(Invoice.objects.get()) == before
