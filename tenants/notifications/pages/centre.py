"""The notification centre, the bell and its menu."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from tenants.identity.access import signed_in
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import toast, wants_part
from tenants.notifications import actions, queries
from tenants.notifications.channels import CHANNELS
from tenants.notifications.kinds import Kind, kinds
from tenants.notifications.models import Notification
from tenants.notifications.push.keys import public_key

TABS = (
    (queries.UNREAD, gettext_lazy("Unread")), (queries.ALL, gettext_lazy("All")),
    (queries.SNOOZED, gettext_lazy("Snoozed")), (queries.ARCHIVED, gettext_lazy("Archive")),
)  # fmt: skip
NEWEST = 8
ASKED_FROM = 3
"""Whoever has been told so often is asked whether the browser may tell them, too."""
SNOOZES = (
    ("hour", gettext_lazy("For an hour")), ("evening", gettext_lazy("For three hours")),
    ("tomorrow", gettext_lazy("Until tomorrow, 9:00")), ("week", gettext_lazy("Until next week")),
)  # fmt: skip
UNKNOWN = Kind(name="", label=gettext_lazy("Notification"))


@require_GET
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """One's own notifications, by state and kind, searched, page by page."""
    asked = {"show": request.GET.get("show") or queries.UNREAD, "kind": request.GET.get("kind", "")}
    text = request.GET.get("q", "")
    rows, following = queries.page_of(
        queries.shown(context.actor(), text=text, **asked), after=request.GET.get("after", "")
    )
    values = {
        **asked, "q": text, "rows": dressed(rows), "next": following, "tabs_of": TABS, "snoozes": SNOOZES,
        "kinds": [one for one in kinds().values() if not one.comes_with], "is_later": "after" in request.GET,
        "asks_for_push": len(rows) >= ASKED_FROM, "push_key": _push_key(len(rows)),
    }  # fmt: skip
    return render(request, "notifications/centre.html", values)


def _push_key(count: int) -> str:
    return public_key() if count >= ASKED_FROM and not context.actor().is_watched else ""


def dressed(rows: Sequence[Notification]) -> list[dict[str, Any]]:
    """Each with its kind and how it went by each channel, for the templates."""
    newly = timezone.now() - timedelta(minutes=1)
    return [
        {
            "row": row, "kind": kinds().get(row.kind, UNKNOWN), "lines": _lines(row), "is_new": row.created_at > newly,
        }
        for row in rows
    ]  # fmt: skip


def _lines(row: Notification) -> list[dict[str, Any]]:
    return [
        {"channel": CHANNELS.get(name), "status": status, "words": words}
        for name, status, words in queries.lines_of(row)
    ]


@require_GET
@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the bell."""
    return render(request, "notifications/_bell.html#count", {"count": queries.unread_count(context.actor())})


@require_GET
@signed_in
def newest(request: HttpRequest) -> HttpResponse:
    """The menu of the bell."""
    rows, _more = queries.page_of(queries.shown(context.actor()), limit=NEWEST)
    return render(request, "notifications/_newest.html", {"rows": dressed(rows)})


@require_GET
@signed_in
def details(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """One notification by itself."""
    row = queries.one_of_mine(context.actor(), notification_id)
    return _item(request, row, page=True)


def _item(request: HttpRequest, row: Notification, *, page: bool = False) -> HttpResponse:
    item = dressed([Notification.objects.prefetch_related("deliveries__connection").get(pk=row.pk)])[0]
    template = "notifications/one.html" if page and not wants_part(request) else "notifications/_item.html"
    return render(request, template, {"item": item, "snoozes": SNOOZES})


@require_GET
@signed_in
def follow(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Go where it leads; it is read then. Links of mails and pushes lead here."""
    actor = context.actor()
    row = queries.one_of_mine(actor, notification_id)
    actions.mark_read(rows=queries.mine(actor).filter(pk=row.pk), by=actor)
    return HttpResponseRedirect(row.url) if row.url else redirect("notifications:details", row.pk)


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """All that are unread and not put off, of the list one looks at."""
    actor = context.actor()
    rows = queries.shown(actor, show=queries.UNREAD, kind=request.POST.get("kind", "")).order_by()
    actions.mark_read(rows=rows, by=actor)
    response = HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return response if wants_part(request) else redirect("notifications:centre")


@require_POST
@signed_in
def reading(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Read, or with `unread` in the form unread again."""
    act = actions.mark_unread if "unread" in request.POST else actions.mark_read
    return _acted(request, notification_id, act)


@require_POST
@signed_in
def archiving(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    response = _acted(request, notification_id, actions.archive, goes=True)
    return toast(response, _("In the archive."), events=(COUNT_ANEW,)) if wants_part(request) else response


@require_POST
@signed_in
def snoozing(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Out of sight for one of the usual whiles, or until a moment."""
    until = _moment(request.POST.get("until", ""))

    def act(*, rows: Any, by: Any) -> int:
        return actions.snooze(rows=rows, until=until, by=by)

    response = _acted(request, notification_id, act, goes=True)
    return toast(response, _("It comes back later."), events=(COUNT_ANEW,)) if wants_part(request) else response


COUNT_ANEW = "live:notifications"


def _acted(request: HttpRequest, notification_id: UUID, act: Any, *, goes: bool = False) -> HttpResponse:
    actor = context.actor()
    row = queries.one_of_mine(actor, notification_id)
    act(rows=queries.mine(actor).filter(pk=row.pk), by=actor)
    if not wants_part(request):
        return redirect("notifications:centre")
    response = HttpResponse() if goes else _item(request, row)
    response["HX-Trigger"] = json.dumps({COUNT_ANEW: True})
    return response


def _moment(text: str) -> datetime:
    """A while by its name, or a moment. Raises Invalid."""
    now = timezone.localtime()
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    named = {
        "hour": now + timedelta(hours=1), "evening": now + timedelta(hours=3), "tomorrow": morning + timedelta(days=1),
        "week": morning + timedelta(days=7 - now.weekday()),
    }  # fmt: skip
    if text in named:
        return named[text]
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Invalid({"until": [_("Choose until when.")]})
    return found if timezone.is_aware(found) else timezone.make_aware(found)


@require_GET
@signed_in
@cache_control(private=True, max_age=3_600)
def worker(request: HttpRequest) -> HttpResponse:
    """What a browser runs when a push comes. Its scope is this folder: no page is served by it."""
    return render(request, "notifications/worker.js", content_type="text/javascript; charset=utf-8")
