"""Settings, Phone: which provider, one's own number."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Denied, Invalid, ProviderFailed
from tenants.records.queries import require
from tenants.voice import accounts
from tenants.voice import credentials as vault
from tenants.voice.models import TelephonyAccount
from tenants.voice.providers import PROVIDERS
from tenants.voice.queries import agent_number, default_account


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    return _overview(request)


def _overview(request: HttpRequest, **more: Any) -> HttpResponse:
    actor = context.actor()
    if not actor.user_id:
        raise Denied
    values = {
        "tabs": settings_tabs(request),
        "account": default_account(),
        "has_sandbox": bool(settings.SANDBOX_URL),
        # As plain values: templates would call a class.
        "providers": [{"name": name, "label": one.label} for name, one in PROVIDERS.items() if one.can.is_real],
        "number": agent_number(actor.user_id),
        "may_edit": actor.may("edit", "settings"),
        "accounts": TelephonyAccount.objects.order_by("name"),
    }
    return render(request, "voice/settings.html", values | more, status=422 if more else 200)


@require_POST
def my_phone(request: HttpRequest) -> HttpResponse:
    sent = request.POST.get("number", "")
    try:
        number = accounts.set_own_phone(number=sent, by=context.actor())
    except Invalid as error:
        return _overview(request, number=sent, number_error=error.errors["number"][0])
    words = _("Calls ring at %(number)s first.") if number else _("Your number was removed.")
    messages.success(request, words % {"number": number})
    return redirect("voice:settings")


@require_POST
def use_practice_line(request: HttpRequest) -> HttpResponse:
    accounts.use_sandbox(by=context.actor())
    messages.success(request, _("Calls go through the practice line now."))
    return redirect("voice:settings")


@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, provider: str) -> HttpResponse:
    """The provider's form: credentials that work are kept encrypted, and never shown again."""
    require(context.actor(), "edit", "settings")
    found = PROVIDERS.get(provider)
    if not found or not found.can.is_real:
        raise Http404
    values: dict[str, Any] = {"errors": {}}
    if request.method == "POST":
        values |= _tried(provider, request)
        if "words" in values:
            messages.success(request, _("Connected. Calls go through %(name)s now.") % {"name": found.label})
            return redirect("voice:settings")
    values |= {"provider": {"name": provider, "label": found.label}, "tabs": settings_tabs(request)}
    values |= _form_lines(provider, request, values["errors"])
    return render(request, "voice/connect.html", values, status=200 if request.method == "GET" else 422)


def _form_lines(provider: str, request: HttpRequest, errors: dict[str, list[str]]) -> dict[str, Any]:
    """Field, what stands in it, what is wrong with it, and of a kept secret its last characters."""
    account = TelephonyAccount.objects.filter(provider=provider).first()
    kept = vault.shown(account) if account else {}
    lines = []
    for field in PROVIDERS[provider].fields:
        known = kept.get(field.name, "")
        value = "" if field.is_secret else request.POST.get(field.name, known)
        lines.append((field, value, errors.get(field.name, [""])[0], known if field.is_secret else ""))
    return {"fields": lines, "is_kept": account is not None}


@require_POST
def disconnect(request: HttpRequest, provider: str) -> HttpResponse:
    accounts.disconnect(provider=provider, by=context.actor())
    messages.success(request, _("The credentials are gone."))
    return redirect("voice:settings")


def _tried(provider: str, request: HttpRequest) -> dict[str, Any]:
    try:
        return {"words": accounts.connect(provider=provider, credentials=request.POST, by=context.actor())}
    except Invalid as error:
        return {"errors": error.errors}
    except ProviderFailed as error:
        return {"failure": error.detail}
