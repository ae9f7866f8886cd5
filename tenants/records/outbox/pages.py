"""Events in the settings: what happened, how it stands with telling it, what failed, what there is."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.events import listener_keyed
from tenants.records.models import Event, Undelivered
from tenants.records.outbox import actions, queries
from tenants.records.outbox.catalogue import kinds
from tenants.records.outbox.forms import ReplayForm, StreamForm
from tenants.records.pages.answers import done
from tenants.records.queries import require
from tenants.records.registry import record_types

ROWS = 50


@require_GET
def stream(request: HttpRequest) -> HttpResponse:
    """What happened, newest first."""
    actor = context.actor()
    form = StreamForm(request.GET)
    rows = queries.events(form.asked, by=actor)
    found, more = queries.page_of(rows, after=request.GET.get("after", ""), limit=ROWS)
    values = {
        "form": form, "rows": [_line(event) for event in found], "standing": queries.standing(actor),
        "next": _query(request, after=more) if more else "", "first": _query(request),
        "is_later": "after" in request.GET, "is_narrowed": form.asked != queries.Asked(),
    }  # fmt: skip
    return render(request, "outbox/events.html", values, status=422 if form.errors else 200)


def _line(event: Event) -> dict[str, Any]:
    kind = kinds().get(event.name)
    return {"event": event, "label": kind.label if kind else event.name, "url": _url_of(event)}


def _url_of(event: Event) -> str:
    found = next((one for one in record_types() if one.name == event.record_type), None)
    return f"{found.list_url}{event.record_id}/" if found else ""


def _query(request: HttpRequest, **more: Any) -> str:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in request.GET.items() if name != "after" and value})
    query.update({name: str(value) for name, value in more.items()})
    return f"?{query.urlencode()}"


@require_GET
def one(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """All that an event carries, in a dialog."""
    event = queries.event_for(event_id, by=context.actor())
    failures = [_failure(row) for row in event.undelivered.all()]
    return render(request, "outbox/_event.html", {**_line(event), "failures": failures})


@require_GET
def failed(request: HttpRequest) -> HttpResponse:
    actor = context.actor()
    rows = queries.undelivered(by=actor)[: ROWS + 1]
    values = {
        "rows": [_failure(row) for row in rows[:ROWS]], "has_more": len(rows) > ROWS,
        "standing": queries.standing(actor),
    }  # fmt: skip
    return render(request, "outbox/failed.html", values)


def _failure(row: Undelivered) -> dict[str, Any]:
    listener = listener_keyed(row.consumer)
    return {"row": row, "consumer": listener.label if listener else row.consumer, **_line(row.event)}


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Those chosen, or all that were given up."""
    ids = _ids(request)
    count = actions.try_again(ids=ids or None, by=context.actor())
    words = ngettext("%(n)d delivery is tried again.", "%(n)d deliveries are tried again.", count)
    messages.success(request, words % {"n": count})
    return _back()


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    count = actions.drop(ids=_ids(request), by=context.actor())
    words = ngettext("%(n)d delivery is dropped.", "%(n)d deliveries are dropped.", count)
    messages.success(request, words % {"n": count})
    return _back()


def _ids(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(one) for one in request.POST.getlist("keys")]
    except ValueError as error:
        raise Invalid({"keys": [_("Choose deliveries from the list.")]}) from error


def _back() -> HttpResponse:
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Which events there are, and what each carries."""
    require(context.actor(), "edit", "settings")
    words = request.GET.get("q", "")[:60].casefold()
    found = [one for one in kinds().values() if words in f"{one.name} {one.label}".casefold()]
    labels = {one.name: one.label for one in record_types()}
    parts = groupby(sorted(found, key=_family), key=_family)
    values = {"parts": [(labels.get(name, _("Others")), list(rows)) for name, rows in parts], "text": words}
    return render(request, "outbox/kinds.html", values)


def _family(kind: Any) -> str:
    return str(kind.record_type or "~")


@require_http_methods(["GET", "POST"])
def replay(request: HttpRequest) -> HttpResponse:
    actor = context.actor()
    require(actor, "edit", "settings")
    now = timezone.localtime()
    form = ReplayForm(request.POST or None, initial={"since": now - timedelta(hours=1), "until": now})
    if request.method == "POST" and form.is_valid():
        try:
            job = actions.replay(**form.cleaned_data, by=actor)
            return done(request, reverse("records:job", args=[job.pk]))
        except Invalid as refusal:
            form.refuse(refusal)
    status = 422 if form.errors else 200
    return render(request, "outbox/_replay.html", {"form": form}, status=status)
