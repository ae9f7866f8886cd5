"""Fleet commands in the portal: over all of the agency's own companies. Its owners' affair."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from public_site.agency.access import MemberRequest, members_only
from public_site.agency.forms import posted
from public_site.agency.models import AgencyTab
from public_site.commanding import CommandForm, command_for_agencies, run_shown, tell_begun
from public_site.paging import page_of
from tenants.fleet.commands.queries import run_by_id, runs
from tenants.fleet.commands.registry import commands
from tenants.fleet.operations.queries import OperationView

FACE = {"base": "base/agency.html", "routes": "agency"}


@require_GET
@members_only(AgencyTab.COMPANIES, owner=True)
def listing(request: MemberRequest) -> HttpResponse:
    page, foot = page_of(request, runs(agency_id=request.member.agency_id))
    found = {"commands": commands(for_agencies=True), "runs": [OperationView(one) for one in page], "foot": foot}
    return render(request, "commands/listing.html", FACE | found)


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.COMPANIES, owner=True)
def command(request: MemberRequest, name: str) -> HttpResponse:
    found = command_for_agencies(name)
    form = CommandForm(found, posted(request))
    if request.method == "POST" and form.is_valid() and (begun := form.begun(request.member.agency)):
        tell_begun(request, begun)
        return redirect("agency:command-run", begun.pk)
    values = FACE | {"command": found, "form": form}
    return render(request, "commands/command.html", values, status=422 if form.errors else 200)


@require_GET
@members_only(AgencyTab.COMPANIES, owner=True)
def run(request: MemberRequest, operation_id: UUID) -> HttpResponse:
    found = run_by_id(operation_id, agency_id=request.member.agency_id)
    return render(request, "commands/run.html", FACE | run_shown(request, found))
