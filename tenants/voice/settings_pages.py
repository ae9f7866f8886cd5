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
    """The provider's form: tries the connection with what was typed, and keeps nothing of it."""
    require(context.actor(), "edit", "settings")
    found = PROVIDERS.get(provider)
    if not found or not found.can.is_real:
        raise Http404
    values: dict[str, Any] = {
        "provider": {"name": provider, "label": found.label},
        "tabs": settings_tabs(request),
        "errors": {},
    }
    if request.method == "POST":
        values |= _tried(provider, request)
    errors = values["errors"]
    fields = [(field, request.POST.get(field.name, ""), errors.get(field.name, [""])[0]) for field in found.fields]
    status = 422 if errors or values.get("failure") else 200
    return render(request, "voice/connect.html", values | {"fields": fields}, status=status)


def _tried(provider: str, request: HttpRequest) -> dict[str, Any]:
    try:
        numbers = accounts.test_connection(provider=provider, credentials=request.POST, by=context.actor())
    except Invalid as error:
        return {"errors": error.errors}
    except ProviderFailed as error:
        return {"failure": error.detail}
    return {"is_connected": True, "numbers": numbers}
