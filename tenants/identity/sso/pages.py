"""Out to the identity provider and back."""

import secrets
import time
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenants.identity.entry import refuse, safe_next
from tenants.identity.errors import LinkInvalid
from tenants.identity.models import SsoConnection, SsoKind
from tenants.identity.signin.asked import tenant_of
from tenants.identity.signin.steps import SSO, go_on
from tenants.identity.signin.where import go_there
from tenants.identity.sso import oidc, saml
from tenants.identity.sso.people import Told, person_for
from tenants.identity.throttle import SIGN_IN_MACHINE, machine_of
from tenants.kernel import context
from tenants.kernel.errors import DomainError, NotFound, ProviderFailed
from tenants.kernel.logs import logger

KEPT: Final = "sso"
ROUND_SECONDS: Final = 900
log = logger(__name__)


def connection_named(slug: str) -> SsoConnection:
    """A provider in use; only companies have them."""
    rows = SsoConnection.objects.select_related("default_role").filter(slug=slug, is_enabled=True)
    found = rows.first() if context.place().company_id else None
    if not found:
        raise NotFound(_("There is no such way to sign in."))
    return found


@require_GET
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the browser to the provider."""
    connection = connection_named(slug)
    SIGN_IN_MACHINE.press(machine_of(request))
    try:
        if connection.kind == SsoKind.OIDC:
            url, kept = oidc.begin(connection, back_url(request, connection))
        else:
            url, kept = saml.begin(connection, tenant_of(request).base_url)
    except ProviderFailed as error:
        return failed(request, connection, error)
    request.session[KEPT] = {"slug": slug, "next": safe_next(request), "at": time.time(), **kept}
    if not request.user.is_authenticated:
        request.session.set_expiry(ROUND_SECONDS)
    return HttpResponseRedirect(url)


def back_url(request: HttpRequest, connection: SsoConnection) -> str:
    """Of the company's canonical host, whatever the request calls itself."""
    return tenant_of(request).base_url + reverse("sso-back", args=[connection.slug])


@require_GET
def back(request: HttpRequest, slug: str) -> HttpResponse:
    """The browser comes back from an OpenID Connect provider, with a code or with a refusal."""
    connection = connection_named(slug)

    def told(kept: dict[str, Any]) -> Told:
        if request.GET.get("error"):
            raise ProviderFailed(_("The identity provider did not let you in."))
        if request.GET.get("iss", connection.issuer).rstrip("/") != connection.issuer.rstrip("/"):
            raise LinkInvalid
        uri = back_url(request, connection)
        code = request.GET.get("code", "")[:2000]
        return oidc.finish(connection, code=code, redirect_uri=uri, nonce=kept["nonce"], verifier=kept["verifier"])

    return finished(request, connection, request.GET.get("state", ""), told)


def finished(request: HttpRequest, connection: SsoConnection, state: str, told: Any) -> HttpResponse:
    """Bring in whom the provider speaks of, if it is the answer to what this very browser asked, once."""
    try:
        kept = _kept(request, connection.slug, state)
        user = person_for(connection, told(kept))
        return go_there(request, go_on(request, user, method=SSO, next=kept["next"]))
    except DomainError as error:
        refuse(request, "", method=SSO, reason="sso")
        return failed(request, connection, error)


def _kept(request: HttpRequest, slug: str, state: str) -> dict[str, Any]:
    """Raises LinkInvalid."""
    kept = request.session.pop(KEPT, None) or {}
    is_same = secrets.compare_digest(kept.get("state", "").encode(), state.encode("utf-8", "replace"))
    if not kept or not is_same or kept["slug"] != slug or time.time() - kept["at"] > ROUND_SECONDS:
        raise LinkInvalid
    return dict(kept)


def failed(request: HttpRequest, connection: SsoConnection, error: DomainError) -> HttpResponse:
    log.warning("single sign-on failed", provider=connection.slug, code=error.code, error=str(error.detail))
    values = {"connection": connection, "error": error.detail}
    return render(request, "identity/sso/failed.html", values, status=error.status)
