"""How one wants to be told: channels by kind, quiet hours, digest, chat, browsers, muted records."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tenants.identity.access import signed_in
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.signin.asked import agent_of, browser_named
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.web import toast, wants_part
from tenants.notifications import browsers, wishing
from tenants.notifications.actions import person
from tenants.notifications.channels import CHANNELS
from tenants.notifications.chats import connection_named, connections
from tenants.notifications.enums import Every
from tenants.notifications.kinds import kinds
from tenants.notifications.models import Wishes
from tenants.notifications.planning import wants
from tenants.notifications.push.keys import public_key
from tenants.notifications.queries import wishes_of
from tenants.records.queries import record_for, visible_to
from tenants.records.registry import type_named

DAYS = (
    (0, gettext_lazy("Mon")), (1, gettext_lazy("Tue")), (2, gettext_lazy("Wed")), (3, gettext_lazy("Thu")),
    (4, gettext_lazy("Fri")), (5, gettext_lazy("Sat")), (6, gettext_lazy("Sun")),
)  # fmt: skip
PAUSES = ((1, gettext_lazy("For an hour")), (4, gettext_lazy("For four hours")), (24, gettext_lazy("For a day")))
LONGEST_HOURS = 24 * 30


@require_http_methods(["GET", "POST"])
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """The whole page; sent, the table of kinds and channels."""
    actor = context.actor()
    if request.method == "POST":
        wishing.set_channels(chosen=chosen_in(request), by=actor)
        return _saved(request)
    return _overview(request)


def _overview(request: HttpRequest, error: Invalid | None = None) -> HttpResponse:
    own, common = wishes_of(person(context.actor())), wishes_of(None)
    values = {
        "tabs": settings_tabs(request), "groups": table(own, common), "channels": shown_channels(), "own": own,
        "days": [(day, label, day in own.quiet.get("days", ())) for day, label in DAYS], "every": Every.choices,
        "pauses": PAUSES, "weekdays": DAYS, "kinds": _digest_kinds(own), "connections": connections(is_for_people=True),
        "browsers": browsers.browsers_of(context.actor()), "push_key": public_key(),
        "muted": muted_records(context.actor(), own), "error": error.detail if error else "",
        "is_paused": own.paused_until is not None and own.paused_until > timezone.now(),
    }  # fmt: skip
    return render(request, "notifications/wishes.html", values, status=422 if error else 200)


def shown_channels() -> list[dict[str, Any]]:
    return [
        {"name": one.name, "label": one.label, "icon": one.icon, "is_available": one.is_available()}
        for one in CHANNELS.values()
    ]


def table(own: Wishes, common: Wishes) -> list[dict[str, Any]]:
    """Kinds by group, each with a cell for every channel: its name and whether it is on."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds().values():
        cells = [
            {"name": f"{kind.name}.{name}", "is_on": wants(own, common, kind, name) and channel.is_available(),
             "is_open": channel.is_available() and not kind.comes_with, "label": channel.label}
            for name, channel in CHANNELS.items()
        ]  # fmt: skip
        groups.setdefault(str(kind.group), []).append({"kind": kind, "cells": cells})
    return [{"label": label, "rows": rows} for label, rows in groups.items()]


def chosen_in(request: HttpRequest) -> dict[str, dict[str, bool]]:
    """What the table says: boxes come as `task_due.email`; those not ticked are off, those not there stay."""
    ticked = set(request.POST.getlist("on"))
    found: dict[str, dict[str, bool]] = {}
    for name, channel in _open_cells():
        found.setdefault(name, {})[channel] = f"{name}.{channel}" in ticked
    return found


def _open_cells() -> Iterator[tuple[str, str]]:
    for kind in kinds().values():
        for name, channel in CHANNELS.items():
            if not kind.comes_with and channel.is_available():
                yield kind.name, name


def _digest_kinds(own: Wishes) -> list[tuple[str, Any, bool]]:
    chosen = own.bundle.get("kinds", ())
    return [(one.name, one.label, one.name in chosen) for one in kinds().values() if not one.comes_with]


def muted_records(actor: Actor, own: Wishes) -> list[dict[str, Any]]:
    """Those that can still be seen, with their names: one query for each type."""
    ids: dict[str, list[str]] = {}
    for key in own.muted:
        type_name, _colon, record_id = key.partition(":")
        ids.setdefault(type_name, []).append(record_id)
    found = []
    for type_name, wanted in ids.items():
        try:
            record_type = type_named(type_name)
        except NotFound:  # its module went away
            continue
        if actor.may("view", type_name):
            rows = visible_to(actor, record_type).filter(pk__in=wanted)
            found += [
                {"name": str(row), "url": record_type.url_of(row), "type": type_name, "id": row.pk} for row in rows
            ]
    return found


@require_POST
@signed_in
def hours(request: HttpRequest) -> HttpResponse:
    sent = request.POST
    days = [int(day) for day in sent.getlist("days") if day.isdecimal()]
    try:
        wishing.set_quiet(
            begins=sent.get("from", ""), ends=sent.get("to", ""), days=days, by=context.actor()
        )  # fmt: skip
    except Invalid as error:
        return _overview(request, error)
    return _saved(request)


@require_POST
@signed_in
def digest(request: HttpRequest) -> HttpResponse:
    sent = request.POST
    weekday = sent.get("weekday", "0")
    try:
        wishing.set_digest(
            every=sent.get("every", ""), at=sent.get("at") or "08:00", kinds=sent.getlist("kinds"),
            weekday=int(weekday) if weekday.isdecimal() else -1, by=context.actor(),
        )  # fmt: skip
    except Invalid as error:
        return _overview(request, error)
    return _saved(request)


@require_POST
@signed_in
def pausing(request: HttpRequest) -> HttpResponse:
    """Nothing for so many hours; none ends it."""
    text = request.POST.get("hours", "")
    until: datetime | None = None
    if text.isdecimal() and 0 < int(text[:4]) <= LONGEST_HOURS:
        until = timezone.now() + timedelta(hours=int(text[:4]))
    wishing.pause(until=until, by=context.actor())
    return _saved(request)


@require_POST
@signed_in
def chat(request: HttpRequest) -> HttpResponse:
    try:
        chosen = UUID(request.POST.get("connection", "")) if request.POST.get("connection") else None
        connection = connection_named(chosen) if chosen else None
        wishing.choose_connection(connection=connection, by=context.actor())
    except Invalid as error:
        return _overview(request, error)
    except ValueError as error:
        raise NotFound from error
    return _saved(request)


@require_http_methods(["POST", "DELETE"])
@signed_in
def browser(request: HttpRequest) -> JsonResponse:
    """JSON of this browser's subscription, sent by our script: taken on, or taken off."""
    try:
        sent = json.loads(request.body)
        endpoint, keys = str(sent["endpoint"]), dict(sent.get("keys") or {})
    except (ValueError, TypeError, KeyError) as error:
        raise Invalid({"endpoint": [_("Send the subscription as the browser gave it.")]}) from error
    if request.method == "DELETE":
        browsers.unsubscribe_endpoint(endpoint=endpoint, by=context.actor())
        return JsonResponse({"is_on": False})
    made = browsers.subscribe(
        endpoint=endpoint, public_key=str(keys.get("p256dh", "")), auth=str(keys.get("auth", "")),
        browser=browser_named(agent_of(request)), by=context.actor(),
    )  # fmt: skip
    return JsonResponse({"is_on": True, "id": str(made.pk)}, status=201)


@require_POST
@signed_in
def browser_removal(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    browsers.unsubscribe(subscription_id=subscription_id, by=context.actor())
    return _saved(request)


@require_POST
@signed_in
def muting(request: HttpRequest, record_type: str, record_id: UUID) -> HttpResponse:
    """Hear nothing more of a record; with `off` in the form hear again."""
    actor = context.actor()
    record = record_for(actor, type_named(record_type), record_id)
    is_muted = "off" not in request.POST
    wishing.mute(record=record, is_muted=is_muted, by=actor)
    words = _("You hear no more of %(name)s.") if is_muted else _("You hear of %(name)s again.")
    if wants_part(request):
        return toast(HttpResponse(status=204), words % {"name": record})
    messages.success(request, words % {"name": record})
    return redirect("notifications:wishes")


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("notifications:wishes")
