"""The addresses of the protocol: the page of consent for people, and four for programs."""

from typing import Any, cast

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidScopeError
from csp.constants import SELF
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.directory.hosts import company_now
from tenants.identity.access import signed_in
from tenants.identity.models import OAuthClient, User
from tenants.identity.oauth.accesses import has_agreed
from tenants.identity.oauth.issuing import note_denial
from tenants.identity.oauth.redirects import is_sure, place_of, source_of
from tenants.identity.oauth.scopes import cut_to, is_empty, lines, scopes_in, words_of
from tenants.identity.oauth.server import Introspection, Revocation, metadata, server
from tenants.identity.support.inside import inside
from tenants.kernel.actors import Scopes
from tenants.kernel.errors import Denied


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def authorize(request: HttpRequest) -> HttpResponse:
    """Asks the person, once; the answer goes to the address that was written down for the app, and to no other."""
    if inside(request):
        raise Denied(_("Not on a support visit: this is for the people of the company alone."))
    user = cast(User, request.user)
    try:
        grant = server.get_consent_grant(request, end_user=user)
        scopes = _wanted(grant, user)
    except OAuth2Error as error:
        return _refused(request, error)
    if request.method == "POST" or _is_settled(grant, user, scopes):
        is_allowed = request.method == "GET" or request.POST.get("decision") == "allow"
        return _answered(request, grant, user if is_allowed else None)
    return _ask(request, grant, scopes)


def _wanted(grant: Any, user: User) -> Scopes:
    """What is asked for, as far as the person may it. Raises InvalidScopeError where that is nothing."""
    scopes = cut_to(scopes_in(grant.request.scope) or {}, user.actor)
    if is_empty(scopes):
        raise InvalidScopeError("The person may do none of this.", redirect_uri=grant.redirect_uri)
    grant.request.scope = words_of(scopes)
    return scopes


def _is_settled(grant: Any, user: User, scopes: Scopes) -> bool:
    """Asked and answered before; an app on a device is asked for each time, since another may pose as it."""
    client: OAuthClient = grant.request.client.row
    return is_sure(grant.redirect_uri) and not client.is_public and has_agreed(user, client, scopes)


def _answered(request: HttpRequest, grant: Any, user: User | None) -> HttpResponse:
    with transaction.atomic():
        if user is None:
            note_denial(client=grant.request.client.row, user=cast(User, request.user))
        response: HttpResponse = server.create_authorization_response(grant.request, grant_user=user, grant=grant)
    return _onward(request, response)


def _refused(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """To the app, where its address is known to be its own; else to the person, who is not sent anywhere."""
    if error.redirect_uri:
        error.state = request.GET.get("state")
        return _onward(request, server.handle_error_response(None, error))
    values = {"error": error.error, "text": error.get_error_description()}
    return render(request, "identity/oauth/refused.html", values, status=400)


def _onward(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Browsers do not follow a form from here to elsewhere: who comes straight from signing in clicks once more."""
    came_from = request.headers.get("Referer", "")
    if request.method == "POST" or not came_from.startswith(f"{request.scheme}://{request.get_host()}/"):
        return response
    url = response["Location"]
    return render(request, "identity/oauth/onward.html", {"url": url, "place": place_of(url)})


def _ask(request: HttpRequest, grant: Any, scopes: Scopes) -> HttpResponse:
    client: OAuthClient = grant.request.client.row
    values = {
        "client": client, "lines": lines(scopes), "place": place_of(grant.redirect_uri),
        "is_sure": is_sure(grant.redirect_uri), "company": company_now(), "action_url": request.get_full_path(),
    }  # fmt: skip
    response = render(request, "identity/oauth/consent.html", values)
    # The form ends at the app's address, which the rules of the page would else forbid.
    response._csp_update = {"form-action": [SELF, source_of(grant.redirect_uri)]}  # type: ignore[attr-defined]
    return response


@sensitive_post_parameters()
@csrf_exempt
@never_cache
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    return _for_program(request, lambda: server.create_token_response(request))


@sensitive_post_parameters()
@csrf_exempt
@never_cache
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    return _for_program(request, lambda: server.create_endpoint_response(Revocation.ENDPOINT_NAME, request))


@sensitive_post_parameters()
@csrf_exempt
@never_cache
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    return _for_program(request, lambda: server.create_endpoint_response(Introspection.ENDPOINT_NAME, request))


def _for_program(request: HttpRequest, answer: Any) -> HttpResponse:
    """Refusals are kept too: what a stolen code or token sets off must last."""
    with transaction.atomic():
        try:
            response: HttpResponse = answer()
        except OAuth2Error as error:
            response = server.handle_error_response(None, error)
    response["Pragma"] = "no-cache"
    return response


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    return JsonResponse(metadata(), headers={"Access-Control-Allow-Origin": "*"})
