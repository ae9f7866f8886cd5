"""Connected apps in the settings: which there are, what each may ask for, who has connected it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.directory.hosts import tenant_now
from tenants.identity.access import may_manage
from tenants.identity.models import OAuthClient
from tenants.identity.oauth import accesses, clients
from tenants.identity.oauth.drawing import draw
from tenants.identity.oauth.forms import ClientForm, offered
from tenants.identity.oauth.scopes import lines
from tenants.identity.queries import user_by_id
from tenants.identity.settings_pages import VERB_LABELS
from tenants.identity.ticks import tick_rows, ticked_in
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    return draw(request, "identity/oauth/clients.html", {"clients": list(accesses.clients())})


@never_cache
@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    """The answer to a good form is id and secret, this once."""
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            is_public = form.cleaned_data["kind"] == "public"
            values = form.values() | {"scopes": form.chosen_scopes(), "is_public": is_public}
            client, secret = clients.create_client(**values, by=context.actor())
            return _made(request, client, secret)
        except Invalid as error:
            form.refuse(error)
    return _form(request, form, set(request.POST.getlist("scopes")), title=_("Connect an app"), submit=_("Connect"))


@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client = clients.client_by_id(client_id)
    form = ClientForm(request.POST or None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values() | {"scopes": form.chosen_scopes()}
            clients.update_client(client=client, values=values, by=context.actor())
            return _done(request, _("Saved."), reverse("app", args=[client.pk]))
        except Invalid as error:
            form.refuse(error)
    ticked = set(request.POST.getlist("scopes")) if request.method == "POST" else ticked_in(client.scopes)
    return _form(request, form, ticked, title=_("Edit %(name)s") % {"name": client}, submit=_("Save"))


@require_GET
@may_manage
def detail(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client = clients.client_by_id(client_id)
    values = {"client": client, "people": accesses.people_of(client), "lines": lines(client.scopes)}
    return draw(request, "identity/oauth/client.html", values | _addresses())


@never_cache
@require_POST
@may_manage
def secret(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client = clients.client_by_id(client_id)
    return _made(request, client, clients.rotate_secret(client=client, by=context.actor()), is_new=False)


@require_POST
@may_manage
def delete(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client = clients.client_by_id(client_id)
    clients.delete_client(client=client, by=context.actor())
    return _done(request, _("%(name)s is disconnected from everybody.") % {"name": client.name}, reverse("apps"))


@require_POST
@may_manage
def cut_off(request: HttpRequest, client_id: UUID, user_id: UUID) -> HttpResponse:
    person = user_by_id(user_id)
    accesses.disconnect(client_id=client_id, user=person, by=context.actor())
    text = _("It can no longer act for %(name)s.") % {"name": person}
    return _done(request, text, reverse("app", args=[client_id]))


def _made(request: HttpRequest, client: OAuthClient, text: str, *, is_new: bool = True) -> HttpResponse:
    values = {
        "client": client,
        "secret": text,
        "is_new": is_new,
        "grace_hours": int(clients.GRACE.total_seconds()) // 3600,
    }
    return draw(request, "identity/oauth/client_made.html", values | _addresses(), part="dialog")


def _addresses() -> dict[str, str]:
    return {"issuer": tenant_now().base_url}


def _form(request: HttpRequest, form: ClientForm, ticked: set[str], **words: str) -> HttpResponse:
    rows = tick_rows(context.actor(), ticked, offered(has_settings=True))
    values = {"form": form, "rows": rows, "verbs": VERB_LABELS, "action_url": request.path, **words}
    return draw(request, "identity/oauth/scoped_form.html", values, 422 if form.errors else 200, part="dialog")


def _done(request: HttpRequest, text: str, url: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(url) if wants_part(request) else redirect(url)
