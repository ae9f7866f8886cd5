"""One record: what it is, its way, its story, what belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.modules import Panel, QuickAction, modules
from tenants.kernel.web import wants_part
from tenants.records.cells import cell
from tenants.records.editing.sections import about_parts
from tenants.records.editing.widgets import Picker
from tenants.records.follows.queries import followers_of
from tenants.records.layouts.boards import path_of
from tenants.records.merging.actions import require_merging
from tenants.records.pages.tabs import TABS, tab_values
from tenants.records.preferences import preference, set_preferences
from tenants.records.queries import record_for
from tenants.records.registry import RecordType
from tenants.records.sharing.queries import may_share

MOST_ACTIONS = 10
MOST_FACTS = 6
MOST_FOLLOWERS = 50


@require_GET
def record(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """The page; htmx asks for the part in the middle that a tab opens."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    liked = liked_layout(actor, record_type)
    tab = _tab(request.GET.get("tab") or liked.get("tab", ""))
    values = {"type": record_type, "record": found, "tab": tab, "tabs": TABS, "may_note": actor.may("create", "notes")}
    values |= tab_values(tab, actor, record_type, found, request.GET)
    if wants_part(request, of="record-tab"):
        return render(request, "records/record.html#tab", values)
    values |= _head(actor, record_type, found, liked)
    return render(request, "records/record.html", values)


def _tab(name: str) -> str:
    return name if name in dict(TABS) else TABS[0][0]


def _head(actor: Actor, record_type: RecordType, found: Any, liked: dict[str, Any]) -> dict[str, Any]:
    subtitle, followers = record_type.subtitle_of(found), list(followers_of(found)[:MOST_FOLLOWERS])
    may_edit = actor.may("edit", record_type.name)
    return {
        "subtitle": subtitle,
        "face": str(found) if record_type.has_face else subtitle or str(found),
        "path": _path(record_type, found),
        "parts": about_parts(record_type, found, may_edit=may_edit),
        "tags_shown": cell(record_type.fields["tags"], found),
        "hides_empty": bool(liked.get("hide_empty")),
        "quick_actions": _quick_actions(found),
        "followers": followers,
        "is_following": any(one.pk == actor.user_id for one in followers),
        "is_owner": actor.user_id is not None and found.owner_id == actor.user_id,
        "may": {verb: actor.may(verb, record_type.name) for verb in ("create", "edit", "delete", "reveal")}
        | {"share": may_share(actor, found)},
    }


def _quick_actions(found: Any) -> list[QuickAction]:
    given = (action for module in modules() for action in module.quick_actions(found))
    return sorted(given, key=lambda action: action.order)[:MOST_ACTIONS]


@dataclass(frozen=True)
class Card:
    """A panel as the right column shows it."""

    panel: Panel
    items: list[Any]
    count: int
    """0 is not shown: the card says so itself."""
    is_closed: bool


def _panels(found: Any, liked: dict[str, Any]) -> list[Card]:
    closed = liked.get("closed") or []
    given = sorted((panel for module in modules() for panel in module.panels(found)), key=lambda panel: panel.order)
    return [_card(panel, closed) for panel in given]


def _card(panel: Panel, closed: Iterable[str]) -> Card:
    items = list(panel.items)
    count = panel.count if panel.count is not None else 0 if panel.template else len(items)
    return Card(panel, items, count, str(panel.label) in closed)


@require_GET
def about(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """The left column again, after a field was changed."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    values = {"type": record_type, "record": found} | _head(actor, record_type, found, liked_layout(actor, record_type))
    return render(request, "records/record.html#about", values)


@require_GET
def beside(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """The right column: right after the page, and again after something was added."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    values = {"type": record_type, "record": found, "panels": _panels(found, liked_layout(actor, record_type))}
    return render(request, "records/record.html#beside", values)


@require_GET
def brief(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A record in short, for whoever rests on its name."""
    found = record_for(context.actor(), record_type, record_id)
    known = record_type.fields
    fields = (known[name] for name in record_type.columns if name in known and name != record_type.title)
    facts = [(field, shown) for field in fields if (shown := cell(field, found))][:MOST_FACTS]
    values = {"type": record_type, "record": found, "subtitle": record_type.subtitle_of(found), "facts": facts}
    return render(request, "records/brief.html", values)


@require_GET
def merge_with(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """Choose the other record; the page that compares the two does the rest."""
    require_merging(context.actor(), record_type)
    found = record_for(context.actor(), record_type, record_id)
    picker = Picker(url=reverse("records:options", args=[record_type]))
    form = forms.Form(auto_id="merge_%s")
    form.fields["ids"] = forms.CharField(label=_("Merge with"), widget=picker)
    return render(request, "records/merge_with.html", {"type": record_type, "record": found, "field": form["ids"]})


@require_POST
def layout(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Remember how the reader likes the pages of this type: open tab, closed cards, empty fields."""
    actor = context.actor()
    liked = liked_layout(actor, record_type)
    sent = request.POST
    if sent.get("tab") in dict(TABS):
        liked["tab"] = sent["tab"]
    if "hide_empty" in sent:
        liked["hide_empty"] = sent["hide_empty"] == "1"
    if card := sent.get("card", "")[:80]:
        closed = [one for one in liked.get("closed", []) if one != card]
        liked["closed"] = [*closed, card][-40:] if sent.get("closed") == "1" else closed
    set_preferences(values={_key(record_type): liked}, by=actor)
    return HttpResponse(status=204)


def _key(record_type: RecordType) -> str:
    return f"record.{record_type.name}"


def liked_layout(actor: Actor, record_type: RecordType) -> dict[str, Any]:
    found = preference(actor, _key(record_type))
    return found if isinstance(found, dict) else {}


def _path(record_type: RecordType, found: Any) -> list[dict[str, Any]]:
    """The columns of the record's board as steps, each a button that moves it there."""
    if not record_type.board:
        return []
    steps = path_of(record_type.board, record_type, found)
    now = next((i for i, (value, _label, _kind) in enumerate(steps) if value == found_value(record_type, found)), -1)
    return [
        {"value": value, "label": label, "is_now": i == now, "css": _step_css(i, now, kind)}
        for i, (value, label, kind) in enumerate(steps)
    ]


def found_value(record_type: RecordType, found: Any) -> str:
    assert record_type.board
    return str(record_type.fields[record_type.board.by].to_api(found))


def _step_css(index: int, now: int, kind: str) -> str:
    if index == now:
        return {"won": "is-won", "lost": "is-lost"}.get(kind, "is-now")
    return "is-done" if index < now and kind not in ("won", "lost") else ""
