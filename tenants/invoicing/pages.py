"""The pages of invoices: the document, its line editor, and what can be done with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.directory.task import send
from tenants.identity.forms import ActionForm
from tenants.invoicing import actions, documents, editor, tasks
from tenants.invoicing.errors import DealAlreadyInvoiced
from tenants.invoicing.forms import PaymentForm, VoidForm
from tenants.invoicing.models import Invoice
from tenants.invoicing.numbers import next_number
from tenants.invoicing.paper import issued_paper
from tenants.invoicing.queries import NAME, company_today, invoice_for, invoices, profile_now
from tenants.invoicing.timeline import status_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, toast
from tenants.records.cells import cell
from tenants.records.queries import record_for, require
from tenants.records.registry import type_named
from tenants.records.timeline import by_day, timeline_of


@require_GET
def invoice(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    found = invoice_for(context.actor(), invoice_id)
    return _page(request, found)


def _page(request: HttpRequest, found: Invoice) -> HttpResponse:
    document = _draft_values(found, editor.stored_rows(found)) if found.is_draft else {"paper": issued_paper(found)}
    common = {
        "type": invoices(),
        "record": found,
        "entries": by_day(timeline_of(found)),
        "facts": _facts(found),
        "status": status_of(found)[0],
        "tone": status_of(found)[1],
        "may_edit": context.actor().may("edit", NAME),
    }
    return render(request, "invoicing/invoice.html", common | document)


def _facts(found: Invoice) -> list[tuple[str, Any]]:
    """What the right column says beside the document: relations and, once there, payment and voiding."""
    fields = invoices().fields
    names = ["account", "contact", "deal", "owner"]
    names += [
        name for name in ("paid_on", "payment_method", "payment_reference", "void_reason") if getattr(found, name)
    ]
    return [(fields[name].label, cell(fields[name], found)) for name in names if name in fields]


def _draft_values(found: Invoice, rows: list[editor.Row], *, is_typing: bool = False) -> dict[str, Any]:
    profile = profile_now()
    draft = editor.worked_out(found, rows, profile, is_typing=is_typing)
    number = next_number(country=profile.country, tax_id=profile.tax_id, prefix=profile.prefix, on=company_today())
    missing = [message for messages_ in draft.missing.values() for message in messages_]
    return {"paper": draft.paper, "rows": rows, "missing": missing, "next_number": number}


@require_POST
def from_deal(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """A draft of a won deal; a second click leads to the first one's draft."""
    actor = context.actor()
    deal = record_for(actor, type_named("deals"), deal_id)
    try:
        made = actions.draft_invoice_from_deal(deal=deal, by=actor)
    except DealAlreadyInvoiced as error:
        made = error.invoice
        messages.info(request, str(error.detail))
    return _done(request, made)


@require_POST
def save_lines(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    found = invoice_for(context.actor(), invoice_id)
    rows = editor.sent_rows(request.POST)
    sent = [row.values | {"id": row.id} for row in rows]
    try:
        actions.set_lines(invoice=found, rows=sent, by=context.actor())
    except Invalid as error:
        return _editor(request, found, rows, error=error.errors.get("lines", [""])[0], status=422)
    messages.success(request, _("The lines are saved."))
    return _done(request, found)


@require_POST
def edit_rows(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The rows as typed with one more, or without one; nothing is stored."""
    found = _editable(invoice_id)
    rows = editor.sent_rows(request.POST)
    if request.GET.get("add"):
        rows.append(editor.blank_row(profile_now()))
    without = request.GET.get("remove", "")
    if without.isdigit() and int(without) < len(rows):
        del rows[int(without)]
    return _editor(request, found, rows)


def _editor(
    request: HttpRequest, found: Invoice, rows: list[editor.Row], *, error: str = "", status: int = 200
) -> HttpResponse:
    values = {"record": found, "error": error} | _draft_values(found, rows, is_typing=status == 200)
    return render(request, "invoicing/_editor.html", values, status=status)


@require_POST
def work_out(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The totals of what is typed, while it is typed."""
    found = _editable(invoice_id)
    rows = editor.sent_rows(request.POST)
    values = {"record": found} | _draft_values(found, rows, is_typing=True)
    return render(request, "invoicing/_worked_out.html", values)


def _editable(invoice_id: UUID) -> Invoice:
    actor = context.actor()
    require(actor, "edit", NAME)
    return invoice_for(actor, invoice_id)


@require_POST
def issue(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    found = invoice_for(context.actor(), invoice_id)
    try:
        found = actions.issue_invoice(invoice=found, by=context.actor())
    except Invalid as error:
        return _refused(request, found, error)
    send(tasks.store_pdf, str(found.pk))
    messages.success(request, _("Issued as %(number)s.") % {"number": found})
    return _done(request, found)


def _refused(request: HttpRequest, found: Invoice, error: Invalid) -> HttpResponse:
    text = " ".join(message for found in error.errors.values() for message in found)
    if request.htmx:  # type: ignore[attr-defined]
        return toast(HttpResponse(status=422, headers={"HX-Reswap": "none"}), text, tone="bad")
    messages.error(request, text)
    return HttpResponseRedirect(invoices().url_of(found))


@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    form = PaymentForm(request.POST or None, initial={"paid_on": company_today(), "method": "bank"})

    def act(found: Invoice, values: dict[str, Any]) -> str:
        actions.record_payment(invoice=found, by=context.actor(), **values)
        return _("%(number)s is paid.") % {"number": found}

    return _dialog(request, invoice_id, form, act, title=_("Record the payment of"), submit=_("Record payment"))


@require_http_methods(["GET", "POST"])
def voidance(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    def act(found: Invoice, values: dict[str, Any]) -> str:
        actions.void_invoice(invoice=found, by=context.actor(), **values)
        return _("%(number)s is void. Its number stays taken.") % {"number": found}

    form = VoidForm(request.POST or None)
    return _dialog(request, invoice_id, form, act, title=_("Void"), submit=_("Void invoice"), is_danger=True)


def _dialog(
    request: HttpRequest,
    invoice_id: UUID,
    form: ActionForm,
    act: Callable[[Invoice, dict[str, Any]], str],
    *,
    title: str,
    submit: str,
    is_danger: bool = False,
) -> HttpResponse:
    """A small form about an invoice: in a dialog for htmx, as a page otherwise."""
    found = _editable(invoice_id)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act(found, form.cleaned_data))
            return _done(request, found)
        except Invalid as error:
            form.refuse(error)
    values = {
        "form": form,
        "record": found,
        "title": f"{title} {found}",
        "submit": submit,
        "is_danger": is_danger,
        "action_url": request.path,
    }
    template = "invoicing/step.html#dialog" if request.htmx else "invoicing/step.html"  # type: ignore[attr-defined]
    return render(request, template, values, status=422 if form.errors else 200)


@require_GET
def pdf(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The document, shown in the browser; `?download=1` saves it."""
    found = invoice_for(context.actor(), invoice_id)
    return pdf_response(found, is_attachment="download" in request.GET)


def pdf_response(found: Invoice, *, is_attachment: bool) -> HttpResponse:
    kind = "attachment" if is_attachment else "inline"
    headers = {
        "Content-Disposition": f'{kind}; filename="{documents.file_name(found)}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(documents.pdf_of(found), content_type="application/pdf", headers=headers)


def _done(request: HttpRequest, found: Invoice) -> HttpResponse:
    url = invoices().url_of(found)
    return dialog_done(url) if request.htmx else HttpResponseRedirect(url)  # type: ignore[attr-defined]
