"""Companies: the list, a new one, and what there is to know and do about each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency import actions
from public_site.agency.access import MemberRequest, members_only, open_urls
from public_site.agency.audit import entries_of
from public_site.agency.choices import country_name, defaults_of
from public_site.agency.forms import CompanyForm, ReasonForm, posted
from public_site.agency.models import AgencyTab
from public_site.agency.queries import (
    companies_matching,
    company_for,
    counts_by_status,
    domains_of,
    host_of,
    owner_state,
    url_of_company,
)  # fmt: skip
from public_site.agency.visiting import agreed_visits, enter_agreed, visit_dialog
from public_site.paging import page_of, tabs_of
from public_site.slugs import slug_answer, slug_state
from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Agency, Company
from tenants.directory.own_hosts import is_slug_taken
from tenants.directory.queries import canonical_host
from tenants.fleet.backups.queries import latest_backup
from tenants.fleet.lifecycle import closing
from tenants.fleet.lifecycle.transfers import open_transfer_of
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.kernel.web import dialog_done


@require_GET
@members_only(None)
def home(request: MemberRequest) -> HttpResponse:
    """The companies, or the first part that is open to who came in."""
    if request.member.may_open(AgencyTab.COMPANIES):
        return companies(request)
    urls = open_urls(request)
    if not urls:
        raise Denied(_("No part of this is open to you yet. Ask an owner of the agency."))
    return HttpResponseRedirect(urls[0])


@require_GET
@members_only(AgencyTab.COMPANIES)
def companies(request: MemberRequest) -> HttpResponse:
    agency = request.member.agency
    text, status = request.GET.get("q", "").strip()[:100], request.GET.get("status", "")
    status = status if status in CompanyStatus.values else ""
    page, foot = page_of(request, companies_matching(request.member, text=text, status=status))
    counts = counts_by_status(companies_matching(request.member, text=text))
    rows = [
        {"company": company, "host": host_of(company), "country": country_name(company.country)} for company in page
    ]
    tabs = tabs_of(
        request,
        "status",
        [(s.value, str(s.label)) for s in (CompanyStatus.ACTIVE, CompanyStatus.SUSPENDED, CompanyStatus.RETIRED)],
        counts,
        _("All"),
    )
    values = {
        "rows": rows,
        "foot": foot,
        "tabs": tabs,
        "q": text,
        "status": status,
        "agency": agency,
        "may_create": request.member.has_all_companies,
    }
    return render(request, "agency/companies.html", values)


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES, all_companies=True)
def create(request: MemberRequest) -> HttpResponse:
    agency = request.member.agency
    form = CompanyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_company(agency=agency, by=context.actor(), **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s is ready.") % {"name": made.name})
            return HttpResponseRedirect(f"{reverse('agency:company', args=[made.pk])}?made=1")
    return render(request, "agency/company_new.html", _form_values(agency, form), status=422 if form.errors else 200)


def _form_values(agency: Agency, form: CompanyForm) -> dict[str, Any]:
    slug = str(form["slug"].value() or "")
    state = None if form.errors.get("slug") else slug_state(slug, is_taken=_is_taken(agency))
    return {
        "form": form,
        "slug": slug,
        "suffix": _suffix(agency),
        "check": reverse("agency:company-slug"),
        "state": state,
    }


def _suffix(agency: Agency) -> str:
    return f".{canonical_host('agency', agency, None)}"


def _is_taken(agency: Agency) -> Any:
    return lambda slug: is_slug_taken(agency, slug)


@require_GET
@members_only(AgencyTab.COMPANIES, all_companies=True)
def slug(request: MemberRequest) -> HttpResponse:
    agency = request.member.agency
    return slug_answer(request, name="name", suffix=_suffix(agency), is_taken=_is_taken(agency))


@require_GET
@members_only(AgencyTab.COMPANIES, all_companies=True)
def locale(request: MemberRequest) -> HttpResponse:
    """Time zone and currency anew, as the chosen country suggests."""
    form = CompanyForm(initial=defaults_of(request.GET.get("country", "")))
    return render(request, "agency/company_new.html#locale", {"form": form})


@require_GET
@members_only(AgencyTab.COMPANIES)
def company(request: MemberRequest, company_id: UUID) -> HttpResponse:
    agency = request.member.agency
    found = company_for(request.member, company_id)
    values = {
        "company": found,
        "agency": agency,
        "url": url_of_company(found),
        "host": host_of(found),
        "country": country_name(found.country),
        "owner": owner_state(found),
        "domains": domains_of(agency, found),
        "opens": {tab.value: request.member.may_open(tab) for tab in AgencyTab},
        "may_create": request.member.has_all_companies,
        "entries": entries_of(found, seen_by=agency),
        "is_owner": request.member.is_owner,
        "transfer": open_transfer_of(found),
        "is_new": "made" in request.GET,
        "visits": agreed_visits(found, request.user),
        "last_backup": latest_backup(found.pk),
        "backups_url": reverse("agency:backups", args=[found.pk]),
    }
    return render(request, "agency/company.html", values)


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES)
def suspend(request: MemberRequest, company_id: UUID) -> HttpResponse:
    found = company_for(request.member, company_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        closing.suspend_company(company=found, reason=form.cleaned_data["reason"], by=context.actor())
        messages.success(request, _("%(name)s is suspended.") % {"name": found.name})
        return _done(request, found)
    status = 422 if form.errors else 200
    return render(
        request, "agency/suspend.html", {"form": form, "name": found.name, "action": request.path}, status=status
    )


@require_POST
@members_only(AgencyTab.COMPANIES)
def resume(request: MemberRequest, company_id: UUID) -> HttpResponse:
    found = company_for(request.member, company_id)
    closing.resume_company(company=found, by=context.actor())
    messages.success(request, _("%(name)s is open again.") % {"name": found.name})
    return _done(request, found)


@require_POST
@members_only(AgencyTab.COMPANIES)
def invite_again(request: MemberRequest, company_id: UUID) -> HttpResponse:
    found = company_for(request.member, company_id)
    actions.invite_owner_again(company=found, by=context.actor())
    messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": found.owner_email})
    return _done(request, found)


def _done(request: HttpRequest, company: Company) -> HttpResponse:
    url = reverse("agency:company", args=[company.pk])
    return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.SUPPORT)
def visit(request: MemberRequest, company_id: UUID) -> HttpResponse:
    """Into the company, for support."""
    found = company_for(request.member, company_id)
    back = reverse("agency:company", args=[found.pk])
    return visit_dialog(request, found, house=request.member.agency.name, back=back)


@require_POST
@members_only(AgencyTab.SUPPORT)
def visit_entry(request: MemberRequest, company_id: UUID, visit_id: UUID) -> HttpResponse:
    return enter_agreed(request, company_for(request.member, company_id), visit_id)
