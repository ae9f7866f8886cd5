"""The control panel of those who run the platform."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency.audit import entries_of
from public_site.agency.choices import country_name
from public_site.agency.forms import ReasonForm, posted
from public_site.agency.queries import counts_by_status, domains_of, host_of, members_of, url_of_company
from public_site.agency.visiting import agreed_visits, enter_agreed, visit_dialog
from public_site.control import actions
from public_site.control.access import admins_only
from public_site.control.health import checks, queue_length, versions, waiting_companies
from public_site.control.queries import (
    KEPT_BACK,
    agencies_matching,
    agency_by_id,
    companies_matching,
    company_by_id,
    domain_counts,
    domains_matching,
    overview,
    stones_matching,
)  # fmt: skip
from public_site.paging import page_of, tabs_of
from tenants.directory.enums import AgencyStatus, CompanyStatus
from tenants.directory.models import Company
from tenants.directory.queries import agency_tenant
from tenants.fleet.backups.queries import latest_backup
from tenants.fleet.isolation.queries import breaches
from tenants.fleet.lifecycle import closing
from tenants.fleet.lifecycle.transfers import open_transfer_of
from tenants.fleet.operations.queries import OperationView, operations_of
from tenants.kernel import context
from tenants.kernel.web import dialog_done

SHOWN_OPERATIONS = 5


@require_GET
@admins_only
def home(request: HttpRequest) -> HttpResponse:
    found = overview()
    size = filesizeformat(found.database_bytes)
    values = {"found": found, "size": size, "queue": queue_length(), "breaches": list(breaches()[:20])}
    return render(request, "control/home.html", values)


def _search(request: HttpRequest, choices: list[str]) -> tuple[str, str]:
    """The words and the status that a list is asked for."""
    status = request.GET.get("status", "")
    return request.GET.get("q", "").strip()[:100], status if status in choices else ""


@require_GET
@admins_only
def agencies(request: HttpRequest) -> HttpResponse:
    text, status = _search(request, AgencyStatus.values)
    page, foot = page_of(request, agencies_matching(text, status))
    counts = counts_by_status(agencies_matching(text))
    tabs = tabs_of(request, "status", _labels(AgencyStatus), counts, _("All"))
    return render(
        request, "control/agencies.html", {"agencies": page, "foot": foot, "tabs": tabs, "q": text, "status": status}
    )


def _labels(choices: Any) -> list[tuple[str, str]]:
    return [(choice.value, str(choice.label)) for choice in choices]


@require_GET
@admins_only
def agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    found = agency_by_id(agency_id)
    page, foot = page_of(request, companies_matching().filter(agency=found))
    values = {
        "agency": found, "url": agency_tenant(found.pk).base_url, "rows": _rows(page), "foot": foot,
        "members": members_of(found), "domains": domains_of(found), "entries": entries_of(found),
    }  # fmt: skip
    return render(request, "control/agency.html", values)


@require_http_methods(["GET", "POST"])
@admins_only
def suspend_agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    found = agency_by_id(agency_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.suspend_agency(agency=found, reason=form.cleaned_data["reason"], by=context.actor())
        messages.success(request, _("%(name)s is suspended, with all its companies.") % {"name": found.name})
        return _done(request, reverse("control:agency", args=[found.pk]))
    return _suspend_form(request, form, found.name)


@require_POST
@admins_only
def resume_agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    found = agency_by_id(agency_id)
    actions.resume_agency(agency=found, by=context.actor())
    messages.success(request, _("%(name)s is open again.") % {"name": found.name})
    return _done(request, reverse("control:agency", args=[found.pk]))


def _suspend_form(request: HttpRequest, form: ReasonForm, name: str) -> HttpResponse:
    values = {"form": form, "name": name, "action": request.path}
    return render(request, "agency/suspend.html", values, status=422 if form.errors else 200)


@require_GET
@admins_only
def companies(request: HttpRequest) -> HttpResponse:
    text, status = _search(request, CompanyStatus.values)
    page, foot = page_of(request, companies_matching(text, status))
    counts = counts_by_status(companies_matching(text))
    tabs = tabs_of(request, "status", _labels(CompanyStatus), counts, _("All"))
    return render(
        request,
        "control/companies.html",
        {"rows": _rows(page), "foot": foot, "tabs": tabs, "q": text, "status": status},
    )


def _rows(page: Any) -> list[dict[str, Any]]:
    return [{"company": one, "host": host_of(one), "country": country_name(one.country)} for one in page]


@require_GET
@admins_only
def company(request: HttpRequest, company_id: UUID) -> HttpResponse:
    found = company_by_id(company_id)
    values = {
        "company": found, "url": url_of_company(found), "host": host_of(found), "country": country_name(found.country),
        "domains": domains_of(found.agency, found), "entries": entries_of(found),
        "visits": agreed_visits(found, request.user), "transfer": open_transfer_of(found),
        "operations": [OperationView(one) for one in operations_of(found.pk)[:SHOWN_OPERATIONS]],
        "last_backup": latest_backup(found.pk), "backups_url": reverse("control:backups", args=[found.pk]),
    }  # fmt: skip
    return render(request, "control/company.html", values)


@require_http_methods(["GET", "POST"])
@admins_only
def visit_company(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """Into the company, for support."""
    found = company_by_id(company_id)
    # Without the platform's own name: the company reads it.
    return visit_dialog(request, found, house=_("Platform"), back=_company_url(found))


@require_POST
@admins_only
def visit_entry(request: HttpRequest, company_id: UUID, visit_id: UUID) -> HttpResponse:
    return enter_agreed(request, company_by_id(company_id), visit_id)


@require_http_methods(["GET", "POST"])
@admins_only
def suspend_company(request: HttpRequest, company_id: UUID) -> HttpResponse:
    found = company_by_id(company_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        closing.suspend_company(company=found, reason=form.cleaned_data["reason"], by=context.actor())
        messages.success(request, _("%(name)s is suspended.") % {"name": found.name})
        return _done(request, _company_url(found))
    return _suspend_form(request, form, found.name)


@require_POST
@admins_only
def resume_company(request: HttpRequest, company_id: UUID) -> HttpResponse:
    found = company_by_id(company_id)
    closing.resume_company(company=found, by=context.actor())
    messages.success(request, _("%(name)s is open again.") % {"name": found.name})
    return _done(request, _company_url(found))


def _company_url(company: Company) -> str:
    return reverse("control:company", args=[company.pk])


@require_GET
@admins_only
def domains(request: HttpRequest) -> HttpResponse:
    text, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    page, foot = page_of(request, stones_matching(text) if state == KEPT_BACK else domains_matching(text, state))
    labels = [("waiting", _("Waiting for the record")), ("custom", _("Own domains")), ("ours", _("Ours"))]
    labels.append((KEPT_BACK, _("Kept back")))
    tabs = tabs_of(request, "state", labels, domain_counts(text), _("All"))
    template = "control/tombstones.html" if state == KEPT_BACK else "control/domains.html"
    return render(request, template, {"domains": page, "foot": foot, "tabs": tabs, "q": text, "state": state})


@require_GET
@admins_only
def health(request: HttpRequest) -> HttpResponse:
    values = {"checks": checks(), "versions": versions(), "waiting": waiting_companies()}
    return render(request, "control/health.html", values)


def _done(request: HttpRequest, url: str) -> HttpResponse:
    return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]
