"""What the palette offers beside records: actions, and what was seen lately."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.kernel.modules import modules
from tenants.records.queries import record_for
from tenants.records.registry import RecordType, record_types, type_named
from tenants.records.search.finding import Hit, searchable, seen_entries
from tenants.records.search.folding import fold, words_in
from tenants.records.sharing.queries import may_share

MOST_VIEWED = 6
MOST_ACTIONS = 8
MOST_OFFERED = 5
"""Without a text, so that the pages stay in sight."""
PLACE = re.compile(r"^/([a-z_]+)/([0-9a-f-]{36})/$")


@dataclass(frozen=True)
class Action:
    """Something that can be done from here. `method`: dialog, post or link."""

    label: str
    icon: str
    url: str
    method: str = "dialog"
    hint: str = ""


def says(label: str, text: str) -> bool:
    """Whether every word of the text begins a word of the label."""
    words = words_in(label)
    return all(any(word.startswith(one) for word in words) for one in fold(text).split())


def actions(actor: Actor, at: str, text: str) -> list[Action]:
    """The quick actions of the page's record, then what can be made; those that the text speaks of."""
    found = [*_of_the_page(actor, at), *_to_make(actor)]
    found = [one for one in found if says(f"{one.label} {one.hint}", text)]
    return found[: MOST_ACTIONS if text else MOST_OFFERED]


def _of_the_page(actor: Actor, at: str) -> Iterable[Action]:
    place = _place(at)
    if not place or not actor.may("view", place[0].name):
        return
    try:
        record: Any = record_for(actor, *place)
    except NotFound:
        return
    found = (action for module in modules() for action in module.quick_actions(record))
    for action in sorted(found, key=lambda one: one.order):
        yield Action(str(action.label), action.icon, action.url, action.method, str(record))
    if actor.may("edit", place[0].name):
        yield Action(_("Edit"), "pencil", reverse("records:edit", args=[place[0].name, record.pk]), hint=str(record))
    if may_share(actor, record):
        yield Action(_("Share"), "share", reverse("records:shares", args=[place[0].name, record.pk]), hint=str(record))
    yield Action(_("Who can see this?"), "eye", f"{place[0].url_of(record)}access/", hint=str(record))


def _place(path: str) -> tuple[RecordType, UUID] | None:
    """The record whose page the path is."""
    match = PLACE.match(path)
    try:
        return (type_named(match[1]), UUID(match[2])) if match else None
    except (NotFound, ValueError):
        return None


def _to_make(actor: Actor) -> Iterable[Action]:
    for record_type in record_types():
        if record_type.form and actor.may("create", record_type.name):
            label = _("New %(what)s") % {"what": record_type.singular}
            yield Action(label, "plus", reverse("records:create", args=[record_type.name]))


def viewed(actor: Actor, places: str) -> list[Hit]:
    """The records that the browser remembers having shown, as far as the actor may see them now."""
    found = [place for path in places.split(",")[: MOST_VIEWED * 2] if (place := _place(path))]
    allowed = {one.name for one in searchable(actor)}
    wanted = [(one.name, record_id) for one, record_id in found if one.name in allowed]
    return seen_entries(actor, wanted)[:MOST_VIEWED]
