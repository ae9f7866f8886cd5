"""The story of a record: history, notes, and what other modules tell, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from typing import Any
from uuid import UUID

from tenants.kernel.modules import modules
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
    words = {"created": "created this", "deleted": "moved this to the bin", "restored": "restored this"}
    changes = change.changes if change.action == "updated" else {}
    return Entry(
        id=change.pk,
        at=change.created_at,
        icon={"created": "plus", "deleted": "trash", "restored": "arrow-back-up"}.get(change.action, "pencil"),
        who=change.actor_name,
        text=words.get(change.action, "changed"),
        details=[_words(record_type, name, pair) for name, pair in changes.items()],
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
    return known.text(value) or str(value) if known and known.kind == "select" else str(value)


def _notes(record_type: RecordType, record: Record, length: int) -> Iterable[Entry]:
    for note in Note.objects.filter(record_type=record_type.name, record_id=record.pk)[:length]:
        yield Entry(id=note.pk, at=note.created_at, icon="note", who=note.author_name, text="wrote a note", body=note.body)


def record_behind(name: str, record_id: UUID) -> Record | None:
    """The record a pointer names, for labels; None when its module or row is gone."""
    return type_named(name).model._default_manager.filter(pk=record_id).first()
