"""The inner side of the hand-over from another host."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from public_site.agency.handover import user_of_ticket
from tenants.identity.entry import enter as sign_in
from tenants.identity.errors import LinkInvalid


@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    try:
        user = user_of_ticket(request.GET.get("ticket", "")[:500])
    except LinkInvalid:
        return render(request, "agency/ticket.html", status=LinkInvalid.status)
    sign_in(request, user)
    return HttpResponseRedirect("/")
