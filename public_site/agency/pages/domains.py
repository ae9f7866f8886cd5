"""Domains of the agency's own, and of its companies."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency import domain_actions
from public_site.agency.access import MemberRequest, members_only, require_member
from public_site.agency.forms import DomainForm, posted
from public_site.agency.models import AgencyTab
from public_site.agency.queries import company_for, domain_for, domains_of
from tenants.directory.dns import txt_name
from tenants.directory.models import Company, Domain
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import dialog_done


@require_GET
@members_only(AgencyTab.DOMAINS, all_companies=True)
def domains(request: MemberRequest) -> HttpResponse:
    agency = request.member.agency
    return render(request, "agency/domains.html", {"domains": domains_of(agency), "agency": agency})


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.DOMAINS)
def add(request: MemberRequest, company_id: UUID | None = None) -> HttpResponse:
    agency = request.member.agency
    member = require_member(request, AgencyTab.DOMAINS, all_companies=company_id is None)
    company = company_for(member, company_id) if company_id else None
    form = DomainForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = domain_actions.claim_domain(agency=agency, company=company, by=context.actor(), **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            return _to(request, _page_of(made.company))
    status = 422 if form.errors else 200
    return render(request, "agency/domain_new.html", {"form": form, "action": request.path}, status=status)


@require_POST
@members_only(AgencyTab.DOMAINS)
def verify(request: MemberRequest, domain_id: UUID) -> HttpResponse:
    """Look for the record now; the card says what was found."""
    domain = domain_for(request.member, domain_id)
    try:
        domain = domain_actions.verify_domain(domain=domain, by=context.actor())
    except Invalid:
        values = {"domain": domain, "txt_name": txt_name(domain.host), "is_missing": True}
        return render(request, "agency/domain.html", values, status=422)
    messages.success(request, _("%(host)s is live.") % {"host": domain.host})
    return _to(request, _page_of(domain.company))


@require_POST
@members_only(AgencyTab.DOMAINS)
def prefer(request: MemberRequest, domain_id: UUID) -> HttpResponse:
    domain = domain_for(request.member, domain_id)
    domain_actions.prefer_domain(domain=domain, by=context.actor())
    messages.success(request, _("Links name %(host)s from now on.") % {"host": domain.host})
    return _to(request, _page_of(domain.company))


@require_POST
@members_only(AgencyTab.DOMAINS)
def remove(request: MemberRequest, domain_id: UUID) -> HttpResponse:
    domain: Domain = domain_for(request.member, domain_id)
    company, host = domain.company, domain.host
    domain_actions.remove_domain(domain=domain, by=context.actor())
    messages.success(request, _("%(host)s is removed.") % {"host": host})
    return _to(request, _page_of(company))


def _page_of(company: Company | None) -> str:
    return reverse("agency:company", args=[company.pk]) if company else reverse("agency:domains")


def _to(request: MemberRequest, url: str) -> HttpResponse:
    return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]
