"""Copies, exports and imports in the control panel: of every company, into every agency."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from public_site.control.access import admins_only
from public_site.control.queries import company_by_id
from public_site.copying import desks
from tenants.directory.models import Agency
from tenants.fleet.operations.queries import operation_by_id

DESK = desks.Desk(
    space="control",
    base="base/platform.html",
    company_of=lambda request, company_id: company_by_id(company_id),
    operation_of=lambda request, operation_id: operation_by_id(operation_id),
    agencies_of=lambda request: list(Agency.objects.order_by("name")),
)


@require_http_methods(["GET", "POST"])
@admins_only
def copy(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.copy_company(DESK, request, company_id)


@require_http_methods(["GET", "POST"])
@admins_only
def export(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.export(DESK, request, company_id)


@require_http_methods(["GET", "POST"])
@admins_only
def bring_in(request: HttpRequest) -> HttpResponse:
    return desks.bring_in(DESK, request)


@require_POST
@admins_only
def fetch(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    return desks.fetch(DESK, request, operation_id)


@require_POST
@admins_only
def refresh(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.refresh(DESK, request, company_id)


@require_POST
@admins_only
def drop(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return desks.drop(DESK, request, company_id)
