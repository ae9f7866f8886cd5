"""Webhooks in the settings: where events go, made and changed."""

from typing import Any
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
from tenants.records.filters import parse_filter
from tenants.records.layouts.asking import choosable, group_of
from tenants.records.layouts.wording import Reader
from tenants.records.registry import type_named
from tenants.webhooks import actions, queries, resending
from tenants.webhooks.actions import terms_of
from tenants.webhooks.checking import written_headers
from tenants.webhooks.errors import NothingToSend
from tenants.webhooks.events import hears, offered, record_type_of
from tenants.webhooks.forms import EndpointForm, TestForm
from tenants.webhooks.log_pages import log_values
from tenants.webhooks.models import Endpoint

NOTHING = {"waiting": 0, "succeeded": 0, "failed": 0}


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    figures = queries.figures()
    rows = [{"endpoint": one, **figures.get(one.pk, NOTHING)} for one in queries.endpoints()]
    return draw(request, "webhooks/list.html", {"rows": rows, "is_sandbox": context.in_sandbox()})


@never_cache
@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    """The answer to a good form is the secret, this once."""
    form = EndpointForm(_data(request))
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = actions.create_endpoint(terms=form.terms(), by=context.actor())
            return _secret(request, endpoint, secret, is_new=True)
        except Invalid as error:
            form.refuse(error)
    return _form(request, form, title=_("New webhook"))


@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint = queries.endpoint_by_id(endpoint_id)
    form = EndpointForm(_data(request), endpoint=endpoint)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_endpoint(endpoint=endpoint, terms=form.terms(), by=context.actor())
            return _done(request, _("Saved."), endpoint_id)
        except Invalid as error:
            form.refuse(error)
    return _form(request, form, title=_("Edit %(name)s") % {"name": endpoint.name})


def _data(request: HttpRequest) -> dict[str, Any] | None:
    if request.method != "POST":
        return None
    return {**request.POST.dict(), "events": request.POST.getlist("events")}


def _form(request: HttpRequest, form: EndpointForm, *, title: str) -> HttpResponse:
    values = {"form": form, "title": title, "action_url": request.path}
    return draw(request, "webhooks/form.html", values, 422 if form.errors else 200, part="dialog")


@require_GET
@may_manage
def detail(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """The endpoint, how it stands, and its newest deliveries."""
    endpoint = queries.endpoint_by_id(endpoint_id)
    values = {
        "endpoint": endpoint, "headers": written_headers(endpoint), "words": _words(endpoint),
        "filters": record_type_of(endpoint.events), **queries.figures().get(endpoint.pk, NOTHING),
        **log_values(request, endpoint=endpoint),
    }  # fmt: skip
    return draw(request, "webhooks/endpoint.html", values)


def _words(endpoint: Endpoint) -> str:
    if not endpoint.filter:
        return ""
    return str(Reader(type_named(endpoint.record_type), endpoint.filter).sentence(endpoint.filter))


@require_http_methods(["GET", "POST"])
@may_manage
def edit_filter(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Of which records it is told: the filter of lists."""
    endpoint, errors = queries.endpoint_by_id(endpoint_id), dict[str, list[str]]()
    record_type = type_named(record_type_of(endpoint.events))
    tree = endpoint.filter
    if request.method == "POST":
        try:
            tree = parse_filter(request.POST.get("tree", ""))
            actions.update_endpoint(endpoint=endpoint, terms=terms_of(endpoint, filter=tree), by=context.actor())
            return _done(request, _("Saved."), endpoint_id)
        except Invalid as error:
            errors = error.errors
    values = {
        "endpoint": endpoint, "type": record_type, "group": group_of(record_type, tree, errors),
        "sections": list(choosable(record_type)), "action_url": request.path,
        "general": [text for name, texts in errors.items() if not name.startswith("filter.") for text in texts],
    }  # fmt: skip
    return draw(request, "webhooks/filter.html", values, 422 if errors else 200, part="dialog")


@require_http_methods(["GET", "POST"])
@may_manage
def try_out(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Send an event that did not happen."""
    endpoint = queries.endpoint_by_id(endpoint_id)
    events = [(one.name, f"{one.label} ({one.name})") for one in offered().values() if hears(endpoint.events, one.name)]
    form = TestForm(request.POST or None, events=events)
    if request.method == "POST" and form.is_valid():
        try:
            made = resending.send_test(endpoint=endpoint, event_name=form.cleaned_data["event"], by=context.actor())
            url = reverse("webhooks:delivery", args=[made.pk])
            return dialog_done(url) if wants_part(request) else redirect(url)
        except NothingToSend as error:
            form.add_error(None, str(error.detail))
    values = {"form": form, "endpoint": endpoint, "action_url": request.path}
    return draw(request, "webhooks/test.html", values, 422 if form.errors else 200, part="dialog")


@never_cache
@require_POST
@may_manage
def rotate(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint = queries.endpoint_by_id(endpoint_id)
    return _secret(request, endpoint, actions.rotate_secret(endpoint=endpoint, by=context.actor()))


def _secret(request: HttpRequest, endpoint: Endpoint, secret: str, *, is_new: bool = False) -> HttpResponse:
    hours = int(actions.GRACE.total_seconds()) // 3600
    values = {"endpoint": endpoint, "secret": secret, "is_new": is_new, "hours": hours}
    return draw(request, "webhooks/secret.html", values, part="dialog")


@require_POST
@may_manage
def pause(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    actions.pause_endpoint(endpoint=queries.endpoint_by_id(endpoint_id), by=context.actor())
    return _done(request, _("Paused: it hears of nothing new."), endpoint_id)


@require_POST
@may_manage
def resume(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    try:
        actions.resume_endpoint(endpoint=queries.endpoint_by_id(endpoint_id), by=context.actor())
    except Invalid as error:
        messages.error(request, next(iter(error.errors.values()))[0])
        return _to(request, endpoint_id)
    return _done(request, _("It is told of events again; what waited is on its way."), endpoint_id)


@require_POST
@may_manage
def delete(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint = queries.endpoint_by_id(endpoint_id)
    actions.delete_endpoint(endpoint=endpoint, by=context.actor())
    messages.success(request, _("“%(name)s” is told of nothing any more.") % {"name": endpoint.name})
    url = reverse("webhooks:list")
    return dialog_done(url) if wants_part(request) else redirect(url)


def _done(request: HttpRequest, text: str, endpoint_id: UUID) -> HttpResponse:
    messages.success(request, text)
    return _to(request, endpoint_id)


def _to(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    url = reverse("webhooks:endpoint", args=[endpoint_id])
    return dialog_done(url) if wants_part(request) else redirect(url)
