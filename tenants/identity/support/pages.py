"""Support visits on the company's face: deciding, coming in, leaving."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.directory.enums import SupportAccess
from tenants.identity.access import may_manage
from tenants.identity.errors import LinkInvalid
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.support import queries, visits
from tenants.identity.support.inside import enter as come_in
from tenants.identity.support.inside import inside
from tenants.identity.throttle import LINK_MACHINE, machine_of
from tenants.kernel import context


@require_GET
@may_manage
def overview(request: HttpRequest) -> HttpResponse:
    values = {
        "tabs": settings_tabs(request), "choices": SupportAccess.choices, "access": queries.support_access(),
        "visits": queries.visits(actor=context.actor()),
    }  # fmt: skip
    return render(request, "identity/support.html", values)


@require_POST
@may_manage
def access(request: HttpRequest) -> HttpResponse:
    visits.set_support_access(access=request.POST.get("access", ""), by=context.actor())
    messages.success(request, _("Saved."))
    return redirect("support")


@require_POST
@may_manage
def answer(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    is_agreed = bool(request.POST.get("agree"))
    visits.answer_visit(visit=visits.visit_here(visit_id), agree=is_agreed, by=context.actor())
    messages.success(request, _("The visit may begin.") if is_agreed else _("The visit is refused."))
    return redirect("support")


@require_POST
@may_manage
def end(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    visits.end_visit(visit=visits.visit_here(visit_id), by=context.actor())
    messages.success(request, _("The visit is over."))
    return redirect("support")


@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """The ticket of the agency's or the platform's page begins the visit, once."""
    LINK_MACHINE.press(machine_of(request))
    try:
        visit = visits.visit_of_ticket(request.GET.get("ticket", "")[:500])
    except LinkInvalid:
        return render(request, "identity/dead_link.html", status=LinkInvalid.status)
    come_in(request, visit)
    return HttpResponseRedirect("/")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    found = inside(request)
    if found:
        visits.end_visit(visit=visits.visit_here(found.visit_id), by=context.actor())
        request.session.flush()
    return redirect("sign-in")
