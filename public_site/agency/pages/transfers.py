"""Companies that come and go: closing, addresses, handing over, certificates of erasure."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site import lives
from public_site.agency.access import MemberRequest, members_only
from public_site.agency.forms import posted
from public_site.agency.models import AgencyTab
from public_site.agency.queries import company_for
from public_site.lives import AddressForm, done
from tenants.directory.models import Company
from tenants.directory.queries import canonical_host
from tenants.fleet.lifecycle.certificates import certificate_by_id, certificates_of
from tenants.fleet.lifecycle.transfers import (
    approve_transfer,
    consent_to_transfer,
    end_transfer,
    transfer_by_id,
    transfer_of_link,
    transfers_of,
)  # fmt: skip
from tenants.fleet.models import Transfer, TransferState
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict, Invalid

SHOWN = 50


def _page(company: Company) -> str:
    return reverse("agency:company", args=[company.pk])


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES, owner=True)
def close(request: MemberRequest, company_id: UUID) -> HttpResponse:
    found = company_for(request.member, company_id)
    return lives.close_dialog(request, found, back=_page(found))


@require_POST
@members_only(AgencyTab.COMPANIES, owner=True)
def restore(request: MemberRequest, company_id: UUID) -> HttpResponse:
    found = company_for(request.member, company_id)
    return lives.restore(request, found, back=_page(found))


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES)
def rename(request: MemberRequest, company_id: UUID) -> HttpResponse:
    found = company_for(request.member, company_id)
    return lives.rename_dialog(request, found, back=_page(found))


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES, owner=True)
def ask(request: MemberRequest, company_id: UUID) -> HttpResponse:
    found = company_for(request.member, company_id)
    return lives.transfer_dialog(request, found, back=reverse("agency:transfers"))


@require_GET
@members_only(AgencyTab.COMPANIES, all_companies=True)
def transfers(request: MemberRequest) -> HttpResponse:
    """Those that come and go, and the certificates of those that were erased."""
    agency = request.member.agency
    rows = list(transfers_of(agency)[:SHOWN])
    values = {
        "rows": rows, "agency": agency, "certificates": certificates_of(agency)[:SHOWN],
        "is_moving": any(one.state == TransferState.MOVING for one in rows), "is_owner": request.member.is_owner,
    }  # fmt: skip
    is_pulse = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "agency/transfers.html#rows" if is_pulse else "agency/transfers.html", values)


def _incoming(request: MemberRequest, transfer_id: UUID) -> Transfer:
    return transfer_by_id(transfer_id, to_agency=request.member.agency)


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES, owner=True)
def approve(request: MemberRequest, transfer_id: UUID) -> HttpResponse:
    """With the address that the company is to have here."""
    row = _incoming(request, transfer_id)
    form = AddressForm(posted(request), initial={"slug": row.slug})
    if request.method == "POST" and form.is_valid():
        try:
            row = approve_transfer(transfer=row, by=context.actor(), **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _said(row))
            return done(request, reverse("agency:transfers"))
    suffix = f".{canonical_host('agency', request.member.agency, None)}"
    values: dict[str, Any] = {"form": form, "row": row, "suffix": suffix, "action": request.path}
    return render(request, "agency/transfer_approve.html", values, status=422 if form.errors else 200)


def _said(row: Transfer) -> str:
    if row.state == TransferState.MOVING:
        return _("%(name)s is on its way.") % {"name": row.company.name}
    return _("Approved. The company’s owner was asked too.")


@require_POST
@members_only(AgencyTab.COMPANIES, owner=True)
def refuse(request: MemberRequest, transfer_id: UUID) -> HttpResponse:
    row = _incoming(request, transfer_id)
    end_transfer(transfer=row, state=TransferState.REFUSED, by=context.actor())
    return done(request, reverse("agency:transfers"))


@require_POST
@members_only(AgencyTab.COMPANIES, owner=True)
def withdraw(request: MemberRequest, transfer_id: UUID) -> HttpResponse:
    row = transfer_by_id(transfer_id, from_agency=request.member.agency)
    end_transfer(transfer=row, state=TransferState.WITHDRAWN, by=context.actor())
    return done(request, reverse("agency:transfers"))


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """For the company's owner, by the mailed link: yes or no."""
    row = transfer_of_link(token[:500])
    if request.method == "POST":
        by = robot(row.company.owner_email)
        if "refuse" in request.POST:
            end_transfer(transfer=row, state=TransferState.REFUSED, by=by)
        else:
            consent_to_transfer(transfer=row, by=by)
        return redirect(request.path)
    return render(request, "agency/transfer_consent.html", {"row": row, "url": request.path})


@require_GET
@members_only(AgencyTab.COMPANIES, all_companies=True)
def certificate(request: MemberRequest, certificate_id: UUID) -> HttpResponse:
    found = certificate_by_id(certificate_id, agency=request.member.agency)
    return render(request, "agency/certificate.html", {"certificate": found})


@require_GET
@members_only(AgencyTab.COMPANIES, all_companies=True)
def certificate_file(request: MemberRequest, certificate_id: UUID, ending: str) -> HttpResponse:
    found = certificate_by_id(certificate_id, agency=request.member.agency)
    return lives.download(found, ending, request.brand)  # type: ignore[attr-defined]
