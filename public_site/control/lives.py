"""The lives of companies in the control panel: closing, erasing, addresses, handing over, hosts kept back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site import lives
from public_site.control.access import admins_only
from public_site.control.queries import KEPT_BACK, company_by_id, stones_matching
from public_site.lives import done
from public_site.paging import page_of
from tenants.directory.models import Company
from tenants.directory.tombstones import lift
from tenants.fleet.lifecycle.certificates import certificate_by_id, certificates_of
from tenants.fleet.lifecycle.transfers import end_transfer, transfer_by_id
from tenants.fleet.models import Operation, TransferState
from tenants.identity.actions import audit
from tenants.kernel import context
from tenants.kernel.errors import NotFound


def _page(company: Company) -> str:
    return reverse("control:company", args=[company.pk])


def _operation(operation: Operation) -> str:
    return reverse("control:operation", args=[operation.pk])


@require_http_methods(["GET", "POST"])
@admins_only
def close(request: HttpRequest, company_id: UUID) -> HttpResponse:
    found = company_by_id(company_id)
    return lives.close_dialog(request, found, back=_page(found))


@require_POST
@admins_only
def restore(request: HttpRequest, company_id: UUID) -> HttpResponse:
    found = company_by_id(company_id)
    return lives.restore(request, found, back=_page(found))


@require_http_methods(["GET", "POST"])
@admins_only
def erase(request: HttpRequest, company_id: UUID) -> HttpResponse:
    return lives.erase_dialog(request, company_by_id(company_id), leads_to=_operation)


@require_http_methods(["GET", "POST"])
@admins_only
def rename(request: HttpRequest, company_id: UUID) -> HttpResponse:
    found = company_by_id(company_id)
    return lives.rename_dialog(request, found, back=_page(found))


@require_http_methods(["GET", "POST"])
@admins_only
def transfer(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """As the giving agency would; the receiving one still approves."""
    found = company_by_id(company_id)
    return lives.transfer_dialog(request, found, back=_page(found))


@require_POST
@admins_only
def withdraw(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    row = transfer_by_id(transfer_id)
    end_transfer(transfer=row, state=TransferState.WITHDRAWN, by=context.actor())
    return done(request, _page(row.company))


@require_GET
@admins_only
def certificates(request: HttpRequest) -> HttpResponse:
    page, foot = page_of(request, certificates_of())
    return render(request, "control/certificates.html", {"certificates": page, "foot": foot})


@require_GET
@admins_only
def certificate_file(request: HttpRequest, certificate_id: UUID, ending: str) -> HttpResponse:
    return lives.download(certificate_by_id(certificate_id), ending, request.brand)  # type: ignore[attr-defined]


@require_POST
@admins_only
def release(request: HttpRequest, stone_id: UUID) -> HttpResponse:
    """Give a host free before its time."""
    stone = stones_matching().filter(pk=stone_id).first()
    if not stone:
        raise NotFound("No such host")
    lift(stone.host)
    audit("domain.released", by=context.actor(), subject=f"agency:{stone.agency_id}", host=stone.host)
    messages.success(request, _("%(host)s is free again.") % {"host": stone.host})
    return done(request, f"{reverse('control:domains')}?state={KEPT_BACK}")
