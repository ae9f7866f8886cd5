"""What the API does with invoices beyond the house's list, get, create and update of a draft's head."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Status

from tenants.directory.task import send
from tenants.invoicing import actions, tasks
from tenants.invoicing.models import Invoice, InvoiceLine
from tenants.invoicing.pages import pdf_response
from tenants.invoicing.queries import invoice_for
from tenants.invoicing.schemas import DocumentOut, DraftIn, InvoiceLineOut, LineIn, LinePatch, PaymentIn, VoidIn
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for
from tenants.records.registry import type_named

# Stands in the router's prefix, so each route has to say where it comes from.
Id = Path[UUID]
drafts = Router(tags=["Invoices"])
steps = Router(tags=["Invoices"])


@drafts.post("", response={201: DocumentOut, **REFUSALS}, operation_id="draft_invoice_from_deal")
def draft_from_deal(request: HttpRequest, body: DraftIn) -> Any:
    """A draft with one line of a won deal's name and amount."""
    actor = context.actor()
    deal = record_for(actor, type_named("deals"), body.deal_id)
    return Status(201, _whole(actions.draft_invoice_from_deal(deal=deal, by=actor)))


def _whole(invoice: Invoice) -> dict[str, Any]:
    names = [name for name in DocumentOut.model_fields if name not in ("lines", "taxes")]
    values = {name: getattr(invoice, name) for name in names}
    return values | {"lines": list(invoice.lines.all()), "taxes": list(invoice.taxes.all())}


def _invoice(invoice_id: UUID) -> Invoice:
    return invoice_for(context.actor(), invoice_id)


@steps.get("/document", response={200: DocumentOut, **REFUSALS}, operation_id="get_invoice_document")
def document(request: HttpRequest, invoice_id: Id) -> Any:
    """The invoice with its lines, taxes and parties."""
    return _whole(_invoice(invoice_id))


@steps.post("/issuance", response={200: DocumentOut, **REFUSALS}, operation_id="issue_invoice")
def issue(request: HttpRequest, invoice_id: Id) -> Any:
    """Number and freeze a draft. Issuing again changes nothing."""
    issued = actions.issue_invoice(invoice=_invoice(invoice_id), by=context.actor())
    send(tasks.store_pdf, str(issued.pk))
    return _whole(issued)


@steps.post("/payments", response={200: DocumentOut, **REFUSALS}, operation_id="record_invoice_payment")
def pay(request: HttpRequest, invoice_id: Id, body: PaymentIn) -> Any:
    return _whole(actions.record_payment(invoice=_invoice(invoice_id), by=context.actor(), **body.model_dump()))


@steps.post("/voidance", response={200: DocumentOut, **REFUSALS}, operation_id="void_invoice")
def void(request: HttpRequest, invoice_id: Id, body: VoidIn) -> Any:
    return _whole(actions.void_invoice(invoice=_invoice(invoice_id), reason=body.reason, by=context.actor()))


@steps.get("/pdf", response={200: None, **REFUSALS}, operation_id="get_invoice_pdf")
def pdf(request: HttpRequest, invoice_id: Id) -> HttpResponse:
    """The document as application/pdf."""
    return pdf_response(_invoice(invoice_id), is_attachment=True)


@steps.post("/lines", response={201: InvoiceLineOut, **REFUSALS}, operation_id="add_invoice_line")
def add_line(request: HttpRequest, invoice_id: Id, body: LineIn) -> Any:
    values = body.model_dump(exclude_unset=True, exclude_none=True)
    return Status(201, actions.add_line(invoice=_invoice(invoice_id), values=values, by=context.actor()))


@steps.patch("/lines/{uuid:line_id}", response={200: InvoiceLineOut, **REFUSALS}, operation_id="change_invoice_line")
def change_line(request: HttpRequest, invoice_id: Id, line_id: UUID, body: LinePatch) -> Any:
    values = body.model_dump(exclude_unset=True)
    return actions.change_line(line=_line(invoice_id, line_id), values=values, by=context.actor())


@steps.delete("/lines/{uuid:line_id}", response={204: None, **REFUSALS}, operation_id="remove_invoice_line")
def remove_line(request: HttpRequest, invoice_id: Id, line_id: UUID) -> Any:
    actions.remove_line(line=_line(invoice_id, line_id), by=context.actor())
    return Status(204, None)


def _line(invoice_id: UUID, line_id: UUID) -> InvoiceLine:
    found = _invoice(invoice_id).lines.filter(pk=line_id).first()
    if not found:
        raise NotFound("There is no such line in this invoice.")
    return found
