"""What acts in one's own name: apps one has connected, tokens one has made."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import signed_in
from tenants.identity.models import User
from tenants.identity.oauth import accesses, personal
from tenants.identity.oauth.drawing import draw
from tenants.identity.oauth.forms import TokenForm, offered
from tenants.identity.oauth.scopes import lines
from tenants.identity.settings_pages import VERB_LABELS
from tenants.identity.ticks import tick_rows
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    apps = accesses.apps_of(_me(request))
    for app in apps:
        app.lines = lines(app.consented)  # type: ignore[attr-defined]
    return draw(request, "identity/oauth/mine.html", {"apps": apps, "tokens": list(personal.tokens_of(_me(request)))})


@require_POST
@signed_in
def disconnect(request: HttpRequest, client_id: UUID) -> HttpResponse:
    accesses.disconnect(client_id=client_id, user=_me(request), by=context.actor())
    return _done(request, _("It can no longer act for you."))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def new_token(request: HttpRequest) -> HttpResponse:
    """The answer to a good form is the token itself, this once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            values = {"name": form.cleaned_data["name"], "days": form.cleaned_data["days"]}
            token, secret = personal.create_token(
                user=_me(request), scopes=form.chosen_scopes(), by=context.actor(), **values
            )
            return draw(request, "identity/oauth/token_made.html", {"token": token, "secret": secret}, part="dialog")
        except Invalid as error:
            form.refuse(error)
    rows = tick_rows(context.actor(), set(request.POST.getlist("scopes")), offered(has_settings=False))
    values = {"form": form, "rows": rows, "verbs": VERB_LABELS, "action_url": request.path}
    values |= {"title": _("New personal token"), "submit": _("Make token")}
    return draw(request, "identity/oauth/scoped_form.html", values, 422 if form.errors else 200, part="dialog")


@require_POST
@signed_in
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    token = personal.token_of(_me(request), token_id)
    personal.revoke_token(token=token, by=context.actor())
    return _done(request, _("The token “%(name)s” no longer works.") % {"name": token.name})


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(reverse("my-access")) if wants_part(request) else redirect("my-access")
