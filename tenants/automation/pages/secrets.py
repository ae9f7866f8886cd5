"""Secrets of workflows in the settings: set, put another in their place, remove. Never shown."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.automation import actions
from tenants.automation.queries import require_keeper
from tenants.automation.queries import secrets as all_secrets
from tenants.identity.forms import ActionForm
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.pages.answers import done


class SecretForm(ActionForm):
    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("In capitals, like CRM_TOKEN: steps use {{secrets.CRM_TOKEN}}"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )  # fmt: skip
    value = forms.CharField(
        label=_("Value"), strip=False, help_text=_("Encrypted as soon as it is kept; nobody reads it again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


@require_GET
def secrets(request: HttpRequest) -> HttpResponse:
    require_keeper(context.actor())
    return render(request, "automation/secrets.html", {"rows": list(all_secrets()), "tabs": settings_tabs(request)})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """In a dialog: a new one, or with `name` another value for one that is there."""
    actor = context.actor()
    require_keeper(actor)
    form = SecretForm(request.POST or None, initial={"name": request.GET.get("name", "")})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_secret(**form.cleaned_data, by=actor)
            messages.success(request, _("The secret is kept."))
            return done(request, reverse("automation:secrets"))
        except Invalid as error:
            form.refuse(error)
    return render(request, "automation/_secret.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, secret_id: UUID) -> HttpResponse:
    require_keeper(context.actor())
    actions.remove_secret(secret=get_object_or_404(all_secrets(), pk=secret_id), by=context.actor())
    messages.success(request, _("The secret is gone."))
    return done(request, reverse("automation:secrets"))
