"""The companies in the user menu, and the way from one to another."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.identity.access import signed_in
from tenants.identity.errors import LinkInvalid
from tenants.identity.signin.rules import policy_now
from tenants.identity.signin.steps import SWITCH, go_on
from tenants.identity.signin.where import go_there
from tenants.identity.switching.companies import companies_of, ticket_url, user_of_ticket
from tenants.identity.throttle import LINK_MACHINE, machine_of
from tenants.kernel.errors import Denied
from tenants.kernel.web import dialog_done, wants_part


@require_GET
@signed_in
def companies(request: HttpRequest) -> HttpResponse:
    """Lines of the user menu; nothing where there is no other company."""
    return render(request, "switching/_companies.html", {"companies": companies_of(request)})


@require_POST
@signed_in
def switch(request: HttpRequest, company_id: UUID) -> HttpResponse:
    url = ticket_url(request, company_id)
    return dialog_done(url) if wants_part(request) else go_there(request, url)


@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """The ticket stands for a first proof, no more: what this company asks for besides, it asks for.

    Where only single sign-on counts it opens nothing.
    """
    LINK_MACHINE.press(machine_of(request))
    try:
        user = user_of_ticket(request.GET.get("ticket", "")[:500])
    except LinkInvalid:
        return render(request, "identity/dead_link.html", status=LinkInvalid.status)
    if policy_now().is_sso_only:
        messages.info(request, _("This company signs in with single sign-on only."))
        return redirect("sign-in")
    try:
        return go_there(request, go_on(request, user, method=SWITCH))
    except Denied as error:
        return render(request, "errors/403.html", {"reason": error.detail}, status=error.status)
