"""Dialogs about the life of a company, the same in the agency's portal and in the control panel."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from public_site.agency.forms import PortalForm, posted
from tenants.directory.models import Company
from tenants.directory.queries import canonical_host
from tenants.directory.tenant import BrandView
from tenants.fleet.lifecycle.certificates import as_json, file_name
from tenants.fleet.lifecycle.closing import restore_company, retire_company
from tenants.fleet.lifecycle.erasing import begin_erasing
from tenants.fleet.lifecycle.papers import as_pdf
from tenants.fleet.lifecycle.renaming import rename_company, what_breaks
from tenants.fleet.lifecycle.transfers import ask_transfer
from tenants.fleet.models import Certificate, Operation
from tenants.kernel import context
from tenants.kernel.errors import Conflict, DomainError, Invalid, NotFound
from tenants.kernel.web import dialog_done

DAYS = (7, 30, 90)


class CloseForm(PortalForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("For the audit."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )  # fmt: skip
    days = forms.TypedChoiceField(label=gettext_lazy("Erase it after"), coerce=int, initial="30")
    confirm = forms.CharField(
        label=gettext_lazy("Type the company’s name"), max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (str(n), ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in DAYS
        ]


class EraseForm(PortalForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("Stands on the certificate."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )  # fmt: skip
    confirm = CloseForm.base_fields["confirm"]


class AddressForm(PortalForm):
    slug = forms.CharField(
        label=gettext_lazy("New address"), max_length=40,
        widget=forms.TextInput({"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()


class TransferForm(PortalForm):
    to = forms.CharField(
        label=gettext_lazy("Receiving agency"), max_length=40, widget=forms.TextInput({"autofocus": True}),
        help_text=gettext_lazy("Its address here, like “northwind”."),
    )  # fmt: skip
    slug = forms.CharField(
        label=gettext_lazy("Address there"), max_length=40, required=False,
        help_text=gettext_lazy("Empty: as it is now."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    needs_consent = forms.BooleanField(
        label=gettext_lazy("Ask the company’s owner too"), required=False, initial=True
    )  # fmt: skip


Act = Callable[[dict[str, Any]], str]


def _dialog(
    request: HttpRequest, form: PortalForm, template: str, values: dict[str, Any], *, act: Act, back: str
) -> HttpResponse:
    """The form; a good one is done, with the words that `act` answers."""
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, said)
            return done(request, back)
    shown = values | {"form": form, "action": request.path}
    return render(request, template, shown, status=422 if form.errors else 200)


def done(request: HttpRequest, url: str) -> HttpResponse:
    return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]


def close_dialog(request: HttpRequest, company: Company, *, back: str) -> HttpResponse:
    def act(sent: dict[str, Any]) -> str:
        sent["typed_name"] = sent.pop("confirm")
        retire_company(company=company, by=context.actor(), **sent)
        return _("%(name)s is closed.") % {"name": company.name}

    return _dialog(request, CloseForm(posted(request)), "lives/close.html", {"company": company}, act=act, back=back)


def restore(request: HttpRequest, company: Company, *, back: str) -> HttpResponse:
    restore_company(company=company, by=context.actor())
    messages.success(request, _("%(name)s is open again.") % {"name": company.name})
    return done(request, back)


def erase_dialog(request: HttpRequest, company: Company, *, leads_to: Callable[[Operation], str]) -> HttpResponse:
    """Now, without a way back; leads to the operation."""
    form = EraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            operation = _erase(company, **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            return done(request, leads_to(operation))
    values = {"form": form, "action": request.path, "company": company}
    return render(request, "lives/erase.html", values, status=422 if form.errors else 200)


@transaction.atomic
def _erase(company: Company, *, confirm: str, reason: str) -> Operation:
    by = context.actor()
    retire_company(company=company, typed_name=confirm, reason=reason, days=0, by=by, is_silent=True)
    return begin_erasing(company=company, reason=reason, by=by)


def rename_dialog(request: HttpRequest, company: Company, *, back: str) -> HttpResponse:
    def act(sent: dict[str, Any]) -> str:
        found = rename_company(company=company, slug=sent["slug"], by=context.actor())
        return _("The address is %(slug)s now.") % {"slug": found.slug}

    form = AddressForm(posted(request), initial={"slug": company.slug})
    suffix = f".{canonical_host('agency', company.agency, None)}"
    values: dict[str, Any] = {"company": company, "suffix": suffix, "breaks": what_breaks()}
    values |= {"leads_on": settings.MOVED_HOST_DAYS, "kept_back": settings.TOMBSTONE_DAYS}
    return _dialog(request, form, "lives/rename.html", values, act=act, back=back)


def transfer_dialog(request: HttpRequest, company: Company, *, back: str) -> HttpResponse:
    def act(sent: dict[str, Any]) -> str:
        row = ask_transfer(company=company, by=context.actor(), **sent)
        return _("%(agency)s was asked.") % {"agency": row.to_agency.name}

    form = TransferForm(posted(request))
    return _dialog(request, form, "lives/transfer.html", {"company": company}, act=act, back=back)


def download(certificate: Certificate, ending: str, brand: BrandView) -> HttpResponse:
    """As PDF in the brand of whoever hands it out, or as the signed JSON."""
    if ending not in ("pdf", "json"):
        raise NotFound("No such file")
    is_pdf = ending == "pdf"
    body = as_pdf(certificate, brand) if is_pdf else as_json(certificate)
    answer = HttpResponse(body, content_type="application/pdf" if is_pdf else "application/json")
    answer["Content-Disposition"] = f'attachment; filename="{file_name(certificate, ending)}"'
    return answer
