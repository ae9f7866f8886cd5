"""Fleet commands in the control panel: over all companies, or those of an agency or a plan."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from public_site.agency.forms import posted
from public_site.commanding import CommandForm, run_shown, tell_begun
from public_site.control.access import admins_only
from public_site.paging import page_of
from tenants.fleet.commands.queries import run_by_id, runs
from tenants.fleet.commands.registry import command_named, commands
from tenants.fleet.operations.queries import OperationView

FACE = {"base": "base/platform.html", "routes": "control"}


@require_GET
@admins_only
def listing(request: HttpRequest) -> HttpResponse:
    page, foot = page_of(request, runs())
    values = FACE | {"commands": commands(), "runs": [OperationView(one) for one in page], "foot": foot}
    return render(request, "commands/listing.html", values)


@require_http_methods(["GET", "POST"])
@admins_only
def command(request: HttpRequest, name: str) -> HttpResponse:
    found = command_named(name)
    form = CommandForm(found, posted(request), is_for_all=True)
    if request.method == "POST" and form.is_valid() and (begun := form.begun()):
        tell_begun(request, begun)
        return redirect("control:command-run", begun.pk)
    values = FACE | {"command": found, "form": form}
    return render(request, "commands/command.html", values, status=422 if form.errors else 200)


@require_GET
@admins_only
def run(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    values = FACE | run_shown(request, run_by_id(operation_id))
    return render(request, "commands/run.html", values)
