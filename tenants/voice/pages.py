"""The pages of a call: dial, watch it live, end it, wrap it up, log one by hand."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Conflict, DomainError, Invalid, NotFound
from tenants.kernel.ids import uuid7
from tenants.kernel.web import dialog_done, toast
from tenants.records.actions import update_record
from tenants.records.queries import record_for, require
from tenants.records.registry import type_named, type_of
from tenants.voice import actions
from tenants.voice.enums import Direction, Disposition
from tenants.voice.errors import NoProvider
from tenants.voice.fields import Seconds
from tenants.voice.forms import LogForm
from tenants.voice.models import Call
from tenants.voice.providers import PROVIDERS
from tenants.voice.queries import agent_number, default_account, numbers_of
from tenants.voice.rules import closed_words
from tenants.voice.timeline import CALLED, about

RECORDING_WATCHED = timedelta(seconds=40)


def _record(request: HttpRequest) -> Any:
    """What the call is about, from the query string, if the actor may see it."""
    name = request.GET.get("about_type", "")
    if name not in CALLED:
        raise NotFound
    try:
        record_id = UUID(request.GET.get("about_id", ""))
    except ValueError as error:
        raise NotFound from error
    return record_for(context.actor(), type_named(name), record_id)


def _call(call_id: UUID) -> Call:
    found: Call = record_for(context.actor(), type_named("calls"), call_id)
    return found


@require_http_methods(["GET", "POST"])
def dial(request: HttpRequest) -> HttpResponse:
    """The dialog that starts a call; sent, it gives way to the call bar."""
    actor = context.actor()
    require(actor, "create", "calls")
    record = _record(request)
    if request.method == "GET":
        return _dialog(request, record)
    try:
        call = actions.place_call(
            record=record, to=request.POST.get("to", ""), by=actor, request_key=request.POST.get("key", "")[:80]
        )
    except (Invalid, Conflict) as error:
        return _dialog(request, record, error=error)
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("records:record", args=["calls", call.pk]))
    events = json.dumps({"dialog:close": True, "timeline:refresh": True})
    headers = {"HX-Retarget": "body", "HX-Reswap": "beforeend", "HX-Trigger-After-Swap": events}
    response = render(request, "voice/bar.html", _watched(call) | {"dispositions": Disposition.choices})
    for name, value in headers.items():
        response[name] = value
    return response


def _dialog(request: HttpRequest, record: Any, error: DomainError | None = None) -> HttpResponse:
    account = default_account()
    now = timezone.now()
    numbers = [(one, who, closed_words(account, one, now) if account else "") for one, who in numbers_of(record)]
    found = type_of(record)
    values = {
        "record": record, "record_url": found.url_of(record) if found else "", "account": account, "numbers": numbers,
        "error": NoProvider() if not account else error, "key": request.POST.get("key") or uuid7(),
        "chosen": request.POST.get("to") or (numbers[0][0] if numbers else ""), "about": about(record),
        "from": agent_number(context.actor().user_id),
        "needs_phone": bool(account and PROVIDERS[account.provider].can.needs_agent_phone),
    }  # fmt: skip
    template = "voice/dial.html#dialog" if request.htmx else "voice/dial.html"  # type: ignore[attr-defined]
    return render(request, template, values, status=422 if error else 200)


@require_GET
def live(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The state in the call bar, asked for each second until the call and its recording are in."""
    call = _call(call_id)
    response = render(request, "voice/bar.html#state", _watched(call))
    if (call.status, call.recording) != (request.GET.get("status"), request.GET.get("recording", "")):
        response["HX-Trigger"] = "timeline:refresh"
    return response


def _watched(call: Call) -> dict[str, Any]:
    """A call, how long it has been in its state, and whether more is to come."""
    now = timezone.now()
    since = call.answered_at or call.started_at
    is_waiting = bool(
        call.talk_seconds and not call.recording and call.account and call.account.is_recorded
        and call.provider and call.ended_at and now - call.ended_at < RECORDING_WATCHED
    )  # fmt: skip
    return {
        "call": call,
        "clock": Seconds((call.talk_seconds or 0) if not call.is_open else max(0, int((now - since).total_seconds()))),
        "is_waiting": is_waiting,
        "is_watched": call.is_open or is_waiting,
        "can_end": call.is_open and bool(call.provider) and PROVIDERS[call.provider].can.can_hang_up,
    }


@require_GET
def entry(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """What stands below a call in a story; asks again by itself while the call goes on."""
    return render(request, "voice/entry.html", {"object": _call(call_id)})


@require_POST
def end(request: HttpRequest, call_id: UUID) -> HttpResponse:
    call = _call(call_id)
    actions.end_call(call=call, by=context.actor())
    return render(request, "voice/bar.html#state", _watched(_call(call_id)) | {"is_ending": True})


@require_POST
def wrap_up(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Notes and result, saved while they are written. "Save" says so, "close" takes the bar away."""
    call = _call(call_id)
    values = {name: request.POST[name] for name in ("notes", "disposition") if name in request.POST}
    try:
        update_record(record=call, values=values, by=context.actor())
    except Invalid as error:
        return toast(HttpResponse(status=422, headers={"HX-Reswap": "none"}), str(error.detail), tone="bad")
    events: dict[str, Any] = {"timeline:refresh": True}
    if "save" in request.POST:
        events["toast"] = {"text": _("Saved to the call."), "tone": "good"}
    headers = {"HX-Trigger": json.dumps(events)}
    if "close" in request.POST:
        return HttpResponse(headers=headers | {"HX-Reswap": "delete"})
    return HttpResponse(status=204, headers=headers)


@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Write down a call made by other means."""
    actor = context.actor()
    require(actor, "create", "calls")
    record = _record(request) if request.GET.get("about_id") else None
    form = LogForm(request.POST or None, about=record)
    if request.method == "POST" and form.is_valid():
        try:
            call = actions.log_call(record=form.record(actor), by=actor, **form.values)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The call is in the story of %(name)s.") % {"name": call.name})
            url = _story_url(call)
            return dialog_done(url) if request.htmx else HttpResponseRedirect(url)  # type: ignore[attr-defined]
    template = "voice/log.html#dialog" if request.htmx else "voice/log.html"  # type: ignore[attr-defined]
    values = {"form": form, "action_url": request.get_full_path(), "directions": Direction.choices}
    return render(request, template, values, status=422 if form.errors else 200)


def _story_url(call: Call) -> str:
    return reverse("records:record", args=[call.about_type, call.about_id])
