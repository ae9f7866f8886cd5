"""The isolation proof in the control panel: coverage, all reports, what got through, attacking now."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from public_site.agency.forms import PortalForm, posted
from public_site.control.access import admins_only
from public_site.isolation.files import json_file, pdf_file
from public_site.isolation.showing import ReportView
from public_site.isolation.words import VERDICTS
from public_site.paging import page_of, tabs_of
from tenants.directory.queries import agency_tenant
from tenants.fleet.isolation.actions import begin_proof
from tenants.fleet.isolation.queries import (
    ROUND,
    breaches,
    counts_by_verdict,
    coverage,
    proofs_under_way,
    report_by_id,
    reports_matching,
)
from tenants.fleet.models import Verdict
from tenants.fleet.operations.queries import OperationView
from tenants.kernel import context
from tenants.kernel.errors import Conflict
from tenants.kernel.web import dialog_done


class AttackForm(PortalForm):
    companies = forms.IntegerField(
        label=gettext_lazy("How many companies"), min_value=1, max_value=100_000, required=False,
        help_text=gettext_lazy("Those first that waited longest. Empty: as many as tonight’s turn."),
    )  # fmt: skip


@require_GET
@admins_only
def reports(request: HttpRequest) -> HttpResponse:
    verdict = request.GET.get("verdict", "")
    page, foot = page_of(request, reports_matching(verdict if verdict in Verdict.values else ""))
    labels = [(one, str(VERDICTS[one][0])) for one in Verdict.values]
    values = {
        "views": [ReportView(one) for one in page], "foot": foot, "covered": coverage(), "days": ROUND.days,
        "tabs": tabs_of(request, "verdict", labels, counts_by_verdict(), _("All")), "breaches": list(breaches()[:20]),
        "running": [OperationView(one) for one in proofs_under_way()],
    }  # fmt: skip
    return render(request, "control/isolation.html", values)


@require_GET
@admins_only
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    return render(request, "control/isolation_report.html", {"view": ReportView(report_by_id(report_id))})


@require_GET
@admins_only
def report_json(request: HttpRequest, report_id: UUID) -> HttpResponse:
    return json_file(report_by_id(report_id))


@require_GET
@admins_only
def report_pdf(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """In the agency's brand, as the agency gets it."""
    found = report_by_id(report_id)
    return pdf_file(found, agency_tenant(found.agency_id).brand)


@require_http_methods(["GET", "POST"])
@admins_only
def attack(request: HttpRequest) -> HttpResponse:
    form = AttackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            operation = begin_proof(by=context.actor(), companies=form.cleaned_data["companies"], rests=True)
        except Conflict as error:
            form.refuse(error)
        else:
            messages.success(request, _("The attack has begun."))
            url = f"/control/operations/{operation.pk}/"
            return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]
    return render(request, "control/isolation_attack.html", {"form": form}, status=422 if form.errors else 200)
