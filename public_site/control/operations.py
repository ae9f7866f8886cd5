"""Operations in the control panel: what is being done to companies and the fleet, and how far it is."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from public_site.control.access import admins_only
from public_site.copying.desks import ending_of
from public_site.paging import page_of, tabs_of
from tenants.fleet.models import Operation, OperationState
from tenants.fleet.operations.actions import ask_to_stop
from tenants.fleet.operations.queries import OperationView, counts_by_state, operation_by_id, operations_matching
from tenants.kernel import context


@require_GET
@admins_only
def operations(request: HttpRequest) -> HttpResponse:
    """All, newest first. `?company=<id>` for one company's."""
    state = request.GET.get("state", "")
    text = request.GET.get("q", "").strip()[:100]
    page, foot = page_of(request, operations_matching(text, state if state in OperationState.values else ""))
    labels = [(choice.value, str(choice.label)) for choice in OperationState]
    tabs = tabs_of(request, "state", labels, counts_by_state(text), _("All"))
    values = {"operations": [OperationView(one) for one in page], "foot": foot, "tabs": tabs, "q": text, "state": state}
    return render(request, "control/operations.html", values)


@require_GET
@admins_only
def operation(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    """One with its steps; `HX-Request` asks for the part that changes while it runs."""
    return drawn(request, operation_by_id(operation_id))


def drawn(request: HttpRequest, found: Operation) -> HttpResponse:
    is_pulse = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    name = "control/operation.html#pulse" if is_pulse else "control/operation.html"
    values: dict[str, Any] = {"view": OperationView(found), "base": "base/platform.html", "space": "control"}
    return render(request, name, values | ending_of(found))


@require_POST
@admins_only
def stop_operation(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    found = operation_by_id(operation_id)
    ask_to_stop(operation=found, by=context.actor())
    return redirect("control:operation", found.pk)
