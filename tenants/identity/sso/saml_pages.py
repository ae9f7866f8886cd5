"""What a SAML provider calls: our metadata, and the door its answers arrive at.

The answer is posted from the provider's page, so the browser brings no cookie of ours along.
It is checked here, kept for a moment, and the browser comes back for it with its cookie: only the one
that asked can use it.
"""

import secrets
from typing import Any, Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from tenants.identity.errors import LinkInvalid
from tenants.identity.models import SsoConnection, SsoKind
from tenants.identity.signin.asked import tenant_of
from tenants.identity.sso import saml
from tenants.identity.sso.pages import connection_named, failed, finished
from tenants.identity.sso.people import Told
from tenants.identity.throttle import SIGN_IN_MACHINE, machine_of
from tenants.kernel.errors import NotFound, ProviderFailed

TICKET_SECONDS: Final = 120


def _saml(slug: str) -> SsoConnection:
    found = connection_named(slug)
    if found.kind != SsoKind.SAML:
        raise NotFound
    return found


@require_GET
def about(request: HttpRequest, slug: str) -> HttpResponse:
    text = saml.about_us(_saml(slug), tenant_of(request).base_url)
    return HttpResponse(text, content_type="application/samlmetadata+xml")


@csrf_exempt
@require_POST
def acs(request: HttpRequest, slug: str) -> HttpResponse:
    connection = _saml(slug)
    SIGN_IN_MACHINE.press(machine_of(request))
    try:
        told, request_id = saml.read_answer(
            connection, request.POST.get("SAMLResponse", ""), tenant_of(request).base_url
        )
    except ProviderFailed as error:
        return failed(request, connection, error)
    ticket = secrets.token_urlsafe(32)
    cache.set(f"saml-ticket:{ticket}", {"told": told, "request": request_id, "slug": slug}, TICKET_SECONDS)
    response = HttpResponseRedirect(f"{reverse('saml-finish', args=[slug])}?ticket={ticket}")
    response.status_code = 303
    return response


@require_GET
def finish(request: HttpRequest, slug: str) -> HttpResponse:
    connection = _saml(slug)
    key = f"saml-ticket:{request.GET.get('ticket', '')[:100]}"
    kept = cache.get(key) or {}
    cache.delete(key)

    def told(_asked: dict[str, Any]) -> Told:
        if kept.get("slug") != slug:
            raise LinkInvalid
        found: Told = kept["told"]
        return found

    return finished(request, connection, str(kept.get("request", "")), told)
