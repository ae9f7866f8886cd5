"""The PDF of an invoice, in the brand of the company, kept as it was first made."""

import base64
import hashlib
import mimetypes
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from tenants.directory.hosts import tenant_now
from tenants.directory.tenant import BrandView
from tenants.invoicing.enums import InvoiceStatus
from tenants.invoicing.models import Invoice
from tenants.invoicing.paper import Paper, draft_paper, issued_paper
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.kernel.ui.brand_css import light_palette

log = logger(__name__)


class OnlyInline(URLFetcher):  # type: ignore[misc]
    """Documents are made of what they carry: nothing is fetched from anywhere."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


def pdf_of(invoice: Invoice) -> bytes:
    """What a download gives: the stored original, a marked copy of a draft or of a void invoice."""
    if invoice.is_draft or invoice.status == InvoiceStatus.VOID:
        return render_pdf(invoice)
    return original_pdf(invoice)


def original_pdf(invoice: Invoice) -> bytes:
    """The bytes made first, whoever asks and however often."""
    if not invoice.pdf_file:
        invoice = store_pdf(invoice)
    with default_storage.open(invoice.pdf_file) as file:
        return bytes(file.read())


@transaction.atomic
def store_pdf(invoice: Invoice) -> Invoice:
    """Make and keep an issued invoice's document, once: a second maker waits and finds it."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if invoice.pdf_file or invoice.is_draft:
        return invoice
    made = render_pdf(invoice)
    invoice.pdf_file = default_storage.save(f"invoices/{invoice.pk}.pdf", ContentFile(made))
    invoice.pdf_digest = hashlib.sha256(made).hexdigest()
    invoice.save(update_fields=["pdf_file", "pdf_digest"])
    return invoice


def file_name(invoice: Invoice) -> str:
    """INV-26-27-0001.pdf: the number without what file systems refuse."""
    return f"{(invoice.number or 'draft').replace('/', '-')}.pdf"


def render_pdf(invoice: Invoice) -> bytes:
    """In the company's language, whatever the reader's: words, dates and money alike."""
    tenant = tenant_now()
    language = tenant.company.language if tenant.company else "en"
    with translation.override(language):
        html = render_to_string("invoicing/pdf.html", _values(_paper(invoice), tenant.brand) | {"language": language})
    made = HTML(string=html, base_url=None, url_fetcher=OnlyInline()).write_pdf(pdf_tags=True)
    return bytes(made)


def _paper(invoice: Invoice) -> Paper:
    return draft_paper(invoice, list(invoice.lines.all())).paper if invoice.is_draft else issued_paper(invoice)


def _values(paper: Paper, brand: BrandView) -> dict[str, Any]:
    return {"paper": paper, "brand": brand, "palette": light_palette(brand.colour), "logo": _logo(brand)}


def _logo(brand: BrandView) -> str:
    """The brand's logo as a data: URL; "" without one or when its file is gone."""
    if not brand.logo:
        return ""
    kind = mimetypes.guess_type(brand.logo)[0] or "image/png"
    try:
        with context.public(), default_storage.open(brand.logo) as file:
            return f"data:{kind};base64,{base64.b64encode(file.read()).decode()}"
    except FileNotFoundError:
        log.warning("brand logo is missing", file=brand.logo)
        return ""
