"""Calls in a record's story, and the buttons that start them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.modules import Panel, QuickAction
from tenants.records.registry import type_of
from tenants.records.timeline import LENGTH, Entry
from tenants.voice.enums import CallStatus, Direction, Outcome
from tenants.voice.fields import Seconds
from tenants.voice.models import Call
from tenants.voice.queries import calls_about

CALLED = ("contacts", "accounts", "deals")
MISSED_ICON = "phone-off"


def timeline(record: Any) -> Iterable[Entry]:
    if not context.actor().may("view", "calls"):
        return
    for call in calls_about(record).select_related("owner")[:LENGTH]:
        yield entry_of(call)


def entry_of(call: Call) -> Entry:
    return Entry(
        id=call.pk,
        at=call.started_at,
        icon=icon_of(call),
        who=str(call.owner or _("Somebody")) if call.direction == Direction.OUTBOUND else call.name,
        text=words_of(call),
        object=call,
        template="voice/entry.html",
    )


def icon_of(call: Call) -> str:
    if call.outcome and call.outcome != Outcome.ANSWERED:
        return MISSED_ICON
    return "phone-incoming" if call.direction == Direction.INBOUND else "phone-outgoing"


def words_of(call: Call) -> str:
    """called Priya Nair · 2:11, or what became of it."""
    text = _("called %(name)s") % {"name": call.name} if call.direction == Direction.OUTBOUND else _("called")
    if call.talk_seconds:
        return f"{text} · {Seconds(call.talk_seconds)}"
    if call.is_open or call.outcome == Outcome.ANSWERED:
        return text
    label = Outcome(call.outcome).label if call.outcome else CallStatus(call.status).label
    return f"{text} · {str(label).lower()}"


def quick_actions(record: Any) -> Iterable[QuickAction]:
    found = type_of(record)
    if not found or not context.actor().may("create", "calls"):
        return
    if found.name in CALLED:
        yield QuickAction(label=_("Call"), icon="phone", url=f"{reverse('voice:dial')}?{about(record)}", order=10)


def about(record: Any) -> str:
    """The record as a query string, for the dialogs about it."""
    found = type_of(record)
    return urlencode({"about_type": found.name if found else "", "about_id": record.pk})


def panels(record: Any) -> Iterable[Panel]:
    """Beside a call: the person."""
    if isinstance(record, Call) and record.contact:
        found = type_of(record.contact)
        assert found
        person = record.contact
        item = {"url": found.url_of(person), "name": str(person), "text": found.subtitle_of(person), "has_face": True}
        yield Panel(label=_("Contact"), items=[item], order=10)
