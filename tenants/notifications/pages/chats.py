"""Settings, Chat channels: Slack, Teams and Discord by their incoming webhooks."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Invalid, ProviderFailed
from tenants.notifications import chats
from tenants.notifications.forms import ChatChangeForm, ChatForm


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    values = {"tabs": settings_tabs(request), "connections": chats.connections()}
    return render(request, "notifications/chats.html", values)


@sensitive_post_parameters("url")
@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    form = ChatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = chats.connect(by=context.actor(), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s is connected. Try it out.") % {"name": made.name})
            return redirect("notifications:chats")
    return _form(request, form, title=_("Connect a chat channel"))


@sensitive_post_parameters("url")
@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    found = chats.connection_named(connection_id)
    form = ChatChangeForm(request.POST or None, initial={"name": found.name, "is_for_people": found.is_for_people})
    if request.method == "POST" and form.is_valid():
        try:
            chats.change(connection=found, by=context.actor(), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("notifications:chats")
    return _form(request, form, title=found.name, connection=found)


def _form(request: HttpRequest, form: ChatForm, **values: Any) -> HttpResponse:
    values |= {"form": form, "tabs": settings_tabs(request)}
    return render(request, "notifications/chat.html", values, status=422 if form.errors else 200)


@require_POST
@may_manage
def trial(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Post a word of greeting, and say what the chat answered."""
    found = chats.connection_named(connection_id)
    try:
        chats.try_out(connection=found, by=context.actor())
    except ProviderFailed as error:
        messages.error(request, _("%(name)s did not take it: %(error)s") % {"name": found.name, "error": error.detail})
    else:
        messages.success(request, _("Posted to %(name)s. Look there.") % {"name": found.name})
    return redirect("notifications:chats")


@require_POST
@may_manage
def removal(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    found = chats.connection_named(connection_id)
    chats.disconnect(connection=found, by=context.actor())
    messages.success(request, _("%(name)s is removed.") % {"name": found.name})
    return redirect("notifications:chats")
