"""The tokens of directories in the settings."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage
from tenants.identity.forms import ActionForm
from tenants.identity.models import ScimClient
from tenants.identity.scim.clients import client_by_id, create_client, revoke_client
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.signin.asked import tenant_of
from tenants.identity.signin.tabs import inner_tabs
from tenants.identity.sso.forms import granted_choices, pairs_in
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part


class ClientForm(ActionForm):
    name = forms.CharField(label=gettext_lazy("Directory"), max_length=60, help_text=gettext_lazy("Like “Entra ID”."))
    default_role = forms.ChoiceField(label=gettext_lazy("New people come in as"))
    role_groups = forms.CharField(
        label=gettext_lazy("Groups that give roles"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In each line: group = role. All groups become teams besides."),
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"default_role": "sales-rep"})
        fields: Any = self.fields
        fields["default_role"].choices = granted_choices()


@require_GET
@may_manage
def clients(request: HttpRequest) -> HttpResponse:
    rows = ScimClient.objects.select_related("default_role").order_by("revoked_at", "name")
    return _draw(request, "identity/scim/clients.html", {"clients": list(rows), "url": _address(request)})


@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    """The answer to a good name is the token itself, this once."""
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.cleaned_data | {"role_groups": pairs_in(form.cleaned_data["role_groups"], "role_groups")}
            client, secret = create_client(**values, by=context.actor())
            shown = {"client": client, "secret": secret, "url": _address(request)}
            return _draw(request, "identity/scim/made.html", shown, part="dialog")
        except Invalid as error:
            form.refuse(error)
    values = {"form": form, "title": _("Connect a directory"), "submit": _("Make a token"), "action_url": request.path}
    return _draw(request, "identity/settings_form.html", values, 422 if form.errors else 200, part="dialog")


@require_POST
@may_manage
def revoke(request: HttpRequest, client_id: UUID) -> HttpResponse:
    found = client_by_id(client_id)
    revoke_client(client=found, by=context.actor())
    messages.success(request, _("The token of %(name)s no longer works.") % {"name": found})
    return dialog_done(reverse("scim-clients")) if wants_part(request) else redirect("scim-clients")


def _address(request: HttpRequest) -> str:
    return f"{tenant_of(request).base_url}/scim/v2"


def _draw(
    request: HttpRequest, template: str, values: dict[str, Any], status: int = 200, part: str = ""
) -> HttpResponse:
    frame = {"tabs": settings_tabs(request), "views": inner_tabs(request)}
    name = f"{template}#{part}" if part and wants_part(request) else template
    return render(request, name, frame | values, status=status)
