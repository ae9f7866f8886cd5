"""The pages of copying, once for the control panel and once for an agency's portal.

A desk says who may, which companies and operations are at hand there, and where its pages are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from public_site.agency.audit import note
from public_site.agency.forms import PortalForm, posted
from public_site.copying.forms import CopyForm, ExportForm, ImportForm
from tenants.directory.models import Agency, Company
from tenants.fleet.copies import keeping
from tenants.fleet.copies.actions import (
    clone_company,
    drop_sandbox,
    export_company,
    import_company,
    make_sandbox,
    refresh_sandbox,
)
from tenants.fleet.copies.exporting import EXPORT
from tenants.fleet.models import Operation, OperationState
from tenants.fleet.operations.actions import ask_to_stop
from tenants.fleet.operations.queries import OperationView
from tenants.kernel import context
from tenants.kernel.copies import Copy
from tenants.kernel.errors import Conflict, DomainError, Invalid, NotFound
from tenants.kernel.web import dialog_done, wants_part

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Desk:
    space: str
    """The namespace of its URLs."""
    base: str
    """The frame of its pages."""
    company_of: Callable[[HttpRequest, UUID], Company]
    operation_of: Callable[[HttpRequest, UUID], Operation]
    agencies_of: Callable[[HttpRequest], list[Agency]]

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.space}:{name}", args=args)

    def went_on(self, request: HttpRequest, operation: Operation) -> HttpResponse:
        """To where one can watch it."""
        url = self.url("operation", operation.pk)
        return dialog_done(url) if wants_part(request) else redirect(url)

    def choices(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [(str(one.pk), one.name) for one in self.agencies_of(request)]

    def chosen(self, request: HttpRequest, agency_id: str) -> Agency:
        found = self.agencies_of(request)
        if not found:
            raise Invalid({"agency": [_("There is no agency yet.")]})
        return next((one for one in found if str(one.pk) == agency_id), found[0])


def copy_company(desk: Desk, request: HttpRequest, company_id: UUID) -> HttpResponse:
    company = desk.company_of(request, company_id)
    form = CopyForm(posted(request), agencies=desk.choices(request), agency=str(company.agency_id))
    if request.method == "POST" and form.is_valid():
        try:
            return desk.went_on(request, _begun(desk, request, company, form.cleaned_data))
        except DomainError as error:
            form.refuse(error)
    return _dialog(request, "copying/copy.html", form, company)


def _begun(desk: Desk, request: HttpRequest, company: Company, asked: dict[str, Any]) -> Operation:
    values = {"company": company, "slug": asked["slug"], "name": asked["name"], "by": context.actor()}
    if asked["kind"] == Copy.SANDBOX:
        return make_sandbox(**values, **({"days": asked["days"]} if asked["days"] else {}))
    agency = desk.chosen(request, asked.get("agency") or str(company.agency_id))
    return clone_company(**values, agency=agency, with_records=asked["kind"] == Copy.CLONE)


def export(desk: Desk, request: HttpRequest, company_id: UUID) -> HttpResponse:
    company = desk.company_of(request, company_id)
    form = ExportForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            passphrase = form.cleaned_data["passphrase"]
            return desk.went_on(
                request, export_company(company=company, by=context.actor(), passphrase=passphrase)
            )  # fmt: skip
        except DomainError as error:
            form.refuse(error)
    return _dialog(request, "copying/export.html", form, company)


def _dialog(request: HttpRequest, template: str, form: PortalForm, company: Company) -> HttpResponse:
    values = {"form": form, "company": company, "action": request.path}
    return render(request, template, values, status=422 if form.errors else 200)


def bring_in(desk: Desk, request: HttpRequest) -> HttpResponse:
    files = request.FILES if request.method == "POST" else None
    form = ImportForm(posted(request), files, agencies=desk.choices(request))
    if request.method == "POST" and form.is_valid():
        try:
            return desk.went_on(request, _brought_in(desk, request, form.cleaned_data))
        except DomainError as error:
            form.refuse(error)
    values = {"form": form, "base": desk.base, "back": desk.url("companies")}
    return render(request, "copying/import.html", values, status=422 if form.errors else 200)


def _brought_in(desk: Desk, request: HttpRequest, asked: dict[str, Any]) -> Operation:
    package = keeping.taken_in(asked["file"].chunks())
    try:
        return import_company(
            package=package, agency=desk.chosen(request, asked.get("agency", "")), slug=asked["slug"],
            name=asked["name"], passphrase=asked["passphrase"], by=context.actor(),
        )  # fmt: skip
    except DomainError:
        keeping.drop(package)
        raise


def fetch(desk: Desk, request: HttpRequest, operation_id: UUID) -> HttpResponse:
    """The package of an export that is done, once."""
    return package_of(desk.operation_of(request, operation_id))


def package_of(operation: Operation) -> HttpResponse:
    """Raises NotFound the second time."""
    if operation.kind != EXPORT.name or operation.state != OperationState.DONE:
        raise NotFound(_("There is no package to fetch here."))
    company = Company.objects.filter(pk=str(operation.company_id)).first()
    answer = FileResponse(
        keeping.hand_out(str(operation.pk)),
        as_attachment=True,
        filename=f"{company.slug if company else 'company'}.zip",
    )
    note("company.package_fetched", agency_id=operation.agency_id, company=company, by=context.actor())
    return answer  # type: ignore[return-value]


def refresh(desk: Desk, request: HttpRequest, company_id: UUID) -> HttpResponse:
    return _on_sandbox(desk, request, company_id, refresh_sandbox)


def drop(desk: Desk, request: HttpRequest, company_id: UUID) -> HttpResponse:
    return _on_sandbox(desk, request, company_id, drop_sandbox)


def _on_sandbox(desk: Desk, request: HttpRequest, company_id: UUID, begin: Callable[..., Operation]) -> HttpResponse:
    sandbox = desk.company_of(request, company_id)
    try:
        return desk.went_on(request, begin(sandbox=sandbox, by=context.actor()))
    except Conflict as error:
        messages.error(request, str(error.detail))
        return redirect(desk.url("company", sandbox.pk))


def operation(desk: Desk, request: HttpRequest, operation_id: UUID) -> HttpResponse:
    found = desk.operation_of(request, operation_id)
    name = "control/operation.html#pulse" if wants_part(request) else "control/operation.html"
    values = {"view": OperationView(found), "base": desk.base, "space": desk.space}
    return render(request, name, values | ending_of(found))


def ending_of(found: Operation) -> dict[str, Any]:
    """What a finished operation of this room leads to."""
    has_package = found.kind == EXPORT.name and found.state == OperationState.DONE
    made = found.result.get("company_id") if found.state == OperationState.DONE else None
    return {
        "package": has_package and keeping.is_there(str(found.pk)),
        "made": Company.objects.filter(pk=made).first() if made else None,
        "left_behind": found.result.get("left_behind", []),
    }


def stop(desk: Desk, request: HttpRequest, operation_id: UUID) -> HttpResponse:
    found = desk.operation_of(request, operation_id)
    ask_to_stop(operation=found, by=context.actor())
    return redirect(desk.url("operation", found.pk))
