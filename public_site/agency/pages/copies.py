"""Copies, exports and imports in an agency's portal: of its own companies alone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency.access import members_only, require_member
from public_site.agency.models import AgencyTab
from public_site.agency.queries import company_for, operation_for
from public_site.copying import desks
from tenants.directory.models import Agency, Company
from tenants.fleet.models import Operation


def _company(request: HttpRequest, company_id: UUID) -> Company:
    return company_for(require_member(request, AgencyTab.COMPANIES), company_id)


def _operation(request: HttpRequest, operation_id: UUID) -> Operation:
    return operation_for(require_member(request, AgencyTab.COMPANIES), operation_id)


def _agencies(request: HttpRequest) -> list[Agency]:
    return [require_member(request, AgencyTab.COMPANIES).agency]


DESK = desks.Desk("agency", "base/agency.html", _company, _operation, _agencies)
of_all = members_only(AgencyTab.COMPANIES, all_companies=True)
of_some = members_only(AgencyTab.COMPANIES)


@require_http_methods(["GET", "POST"])
@of_all
def copy(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.copy_company(DESK, request, company_id)


@require_http_methods(["GET", "POST"])
@of_all
def export(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.export(DESK, request, company_id)


@require_http_methods(["GET", "POST"])
@of_all
def bring_in(request: HttpRequest) -> HttpResponse:
    return desks.bring_in(DESK, request)


@require_POST
@of_all
def fetch(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    return desks.fetch(DESK, request, operation_id)


@require_POST
@of_all
def refresh(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.refresh(DESK, request, company_id)


@require_POST
@of_all
def drop(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.drop(DESK, request, company_id)


@require_GET
@of_some
def operation(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    return desks.operation(DESK, request, operation_id)


@require_POST
@of_all
def stop(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    return desks.stop(DESK, request, operation_id)
