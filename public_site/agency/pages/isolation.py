"""The nightly isolation proof: what the agency is told of it, to keep and to check."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency import isolation_actions
from public_site.agency.access import MemberRequest, members_only
from public_site.agency.models import AgencyTab
from public_site.isolation.files import json_file, keys_file, pdf_file
from public_site.isolation.showing import ReportView
from public_site.paging import page_of
from tenants.fleet.isolation.queries import ROUND, coverage, report_of, reports_of
from tenants.fleet.signing import checked
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid

MINE = {"all_companies": True}


@require_GET
@members_only(AgencyTab.COMPANIES, **MINE)
def reports(request: MemberRequest) -> HttpResponse:
    agency_id = request.member.agency_id
    page, foot = page_of(request, reports_of(agency_id))
    views = [ReportView(one) for one in page]
    values = {"views": views, "foot": foot, "covered": coverage(agency_id), "days": ROUND.days, "me": request.member}
    return render(request, "agency/isolation.html", values)


@require_GET
@members_only(AgencyTab.COMPANIES, **MINE)
def report(request: MemberRequest, report_id: UUID) -> HttpResponse:
    found = report_of(request.member.agency_id, report_id)
    return render(request, "agency/isolation_report.html", {"view": ReportView(found)})


@require_GET
@members_only(AgencyTab.COMPANIES, **MINE)
def report_json(request: MemberRequest, report_id: UUID) -> HttpResponse:
    return json_file(report_of(request.member.agency_id, report_id))


@require_GET
@members_only(AgencyTab.COMPANIES, **MINE)
def report_pdf(request: MemberRequest, report_id: UUID) -> HttpResponse:
    return pdf_file(report_of(request.member.agency_id, report_id), request.brand)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES, **MINE)
def check(request: MemberRequest) -> HttpResponse:
    """POST `file`: whether a report that somebody brings is ours and unchanged."""
    values: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise Invalid({"file": [_("Choose a file.")]})
            values["checked"] = checked(upload.read())
            values["is_ours"] = _is_of(values["checked"].document, request.member.agency_id)
        except Invalid as error:
            values["fault"], status = error.errors["file"][0], 422
    return render(request, "agency/isolation_check.html", values, status=status)


def _is_of(document: Any, agency_id: UUID) -> bool:
    agency = document.get("agency")
    return isinstance(agency, dict) and agency.get("id") == str(agency_id)


@require_POST
@members_only(AgencyTab.COMPANIES, owner=True)
def attack(request: MemberRequest) -> HttpResponse:
    try:
        isolation_actions.attack_own(agency=request.member.agency, by=context.actor())
    except Conflict as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("The attack has begun. Its report appears here in a few minutes."))
    return redirect("agency:isolation")


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """For everybody: a key that only its owner could show would prove nothing to others."""
    return keys_file()
