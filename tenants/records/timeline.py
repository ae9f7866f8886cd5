"""The story of a record: history, notes, and what other modules tell, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from heapq import nlargest
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.modules import modules
from tenants.records.locale import clock, day, moment, number
from tenants.records.models import Change, Note, Record
from tenants.records.registry import RecordType, type_named, type_of

LENGTH = 50


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: who did what when. `template` renders what unfolds below it, given `object`."""

    at: datetime
    icon: str
    who: str
    text: str
    body: str = ""
    template: str = ""
    object: Any = None
    id: UUID | None = None
    is_upcoming: bool = False
    details: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def clock(self) -> str:
        return moment(self.at) if self.is_upcoming else clock(self.at)

    @property
    def moment(self) -> str:
        return moment(self.at)


@dataclass(frozen=True)
class Day:
    """The entries of one day, or those still ahead."""

    label: str
    entries: list[Entry]


def by_day(entries: list[Entry]) -> list[Day]:
    """What is ahead first, soonest on top; then the past, day by day."""
    ahead = sorted((entry for entry in entries if entry.is_upcoming), key=lambda entry: entry.at)
    past = [entry for entry in entries if not entry.is_upcoming]
    days = [Day(_("Next"), ahead)] if ahead else []
    for date, group in groupby(past, key=lambda entry: timezone.localtime(entry.at).date()):
        days.append(Day(_day_label(date), list(group)))
    return days


def _day_label(date: Any) -> str:
    days = (timezone.localdate() - date).days
    return {0: _("Today"), 1: _("Yesterday")}.get(days) or day(date)


def timeline_of(record: Record, *, length: int = LENGTH) -> list[Entry]:
    """The newest entries of every source. One query a source, whatever the length."""
    record_type = type_of(record)
    if not record_type:
        return []
    entries: list[Entry] = [*_history(record_type, record, length), *_notes(record_type, record, length)]
    for module in modules():
        entries += module.timeline(record)
    return nlargest(length, entries, key=lambda entry: entry.at)


def _history(record_type: RecordType, record: Record, length: int) -> Iterable[Entry]:
    rows = Change.objects.filter(record_type=record_type.name, record_id=record.pk)[:length]
    return (change_entry(record_type, change) for change in rows)


def change_entry(record_type: RecordType, change: Change) -> Entry:
    words = {"created": _("created this"), "deleted": _("moved this to the bin"), "restored": _("restored this")}
    changes = change.changes if change.action == "updated" else {}
    own_icon, own_words = record_type.history.get(change.action, ("pencil", _("changed")))
    return Entry(
        id=change.pk,
        at=change.created_at,
        icon={"created": "plus", "deleted": "trash", "restored": "arrow-back-up"}.get(change.action, own_icon),
        who=change.actor_name,
        text=words.get(change.action, str(own_words)),
        details=[_words(record_type, name, pair) for name, pair in changes.items() if name not in record_type.quiet],
    )


def _words(record_type: RecordType, name: str, pair: list[Any]) -> tuple[str, str, str]:
    known = record_type.fields.get(name)
    label = known.label if known else name
    before, after = (_text(known, value) for value in pair)
    return label, before, after


def _text(known: Any, value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name", ""))
    if value in (None, ""):
        return "—"
    kind = known.kind if known else ""
    if kind == "select":
        return known.text(value) or str(value)
    return number(Decimal(value)) if kind == "money" else str(value)


def _notes(record_type: RecordType, record: Record, length: int) -> Iterable[Entry]:
    for note in Note.objects.filter(record_type=record_type.name, record_id=record.pk)[:length]:
        yield Entry(
            id=note.pk, at=note.created_at, icon="note", who=note.author_name, text=_("wrote a note"), body=note.body
        )


def record_behind(name: str, record_id: UUID) -> Record | None:
    """The record a pointer names, for labels; None when its module or row is gone."""
    return type_named(name).model._default_manager.filter(pk=record_id).first()
