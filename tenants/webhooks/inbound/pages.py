"""Webhooks in, in the settings: addresses, what came in, renewing, taking away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage
from tenants.identity.oauth.drawing import draw
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part
from tenants.webhooks.forms import InboundForm
from tenants.webhooks.inbound import actions, queries
from tenants.webhooks.models import InboundHook
from tenants.webhooks.showing import pretty

MOST_SHOWN = 16 * 1024


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    return draw(request, "webhooks/inbound/list.html", {"hooks": list(queries.hooks())})


@never_cache
@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    """The answer to a good form is the address, this once."""
    form = InboundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hook, url = actions.create_hook(terms=form.terms(), by=context.actor())
            return _address(request, hook, url, is_new=True)
        except Invalid as error:
            form.refuse(error)
    return _form(request, form, title=_("New address"))


@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    hook = queries.hook_by_id(hook_id)
    form = InboundForm(request.POST or None, hook=hook)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_hook(hook=hook, terms=form.terms(), by=context.actor())
            return _done(request, _("Saved."), reverse("webhooks:inbound", args=[hook_id]))
        except Invalid as error:
            form.refuse(error)
    return _form(request, form, title=_("Edit %(name)s") % {"name": hook.name})


def _form(request: HttpRequest, form: InboundForm, *, title: str) -> HttpResponse:
    values = {"form": form, "title": title, "action_url": request.path}
    return draw(request, "webhooks/inbound/form.html", values, 422 if form.errors else 200, part="dialog")


@require_GET
@may_manage
def detail(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    """The address and the last few things it was told."""
    hook = queries.hook_by_id(hook_id)
    samples = [(one, _shown(bytes(one.body))) for one in queries.newest_receptions(hook)]
    return draw(request, "webhooks/inbound/hook.html", {"hook": hook, "samples": samples})


def _shown(body: bytes) -> str:
    text = body.decode(errors="replace")
    found = pretty(text) if len(text) <= MOST_SHOWN else text
    return found[:MOST_SHOWN] + ("\n…" if len(found) > MOST_SHOWN else "")


@never_cache
@require_POST
@may_manage
def rotate(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    hook = queries.hook_by_id(hook_id)
    return _address(request, hook, actions.rotate_token(hook=hook, by=context.actor()))


def _address(request: HttpRequest, hook: InboundHook, url: str, *, is_new: bool = False) -> HttpResponse:
    hours = int(actions.GRACE.total_seconds()) // 3600
    values = {"hook": hook, "url": url, "is_new": is_new, "hours": hours}
    return draw(request, "webhooks/inbound/address.html", values, part="dialog")


@require_POST
@may_manage
def delete(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    hook = queries.hook_by_id(hook_id)
    actions.delete_hook(hook=hook, by=context.actor())
    words = _("The address “%(name)s” answers nobody any more.") % {"name": hook.name}
    return _done(request, words, reverse("webhooks:inbounds"))


def _done(request: HttpRequest, text: str, url: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(url) if wants_part(request) else redirect(url)
