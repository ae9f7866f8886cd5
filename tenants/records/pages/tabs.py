"""What the tabs in the middle of a record's page show; each reads only what it needs."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenants.kernel.actors import Actor
from tenants.records.cells import cell
from tenants.records.files.queries import files_of
from tenants.records.layouts.about import beyond, cursor_of
from tenants.records.locale import ago, moment
from tenants.records.models import Change, Note
from tenants.records.notes.queries import notes_of, notes_visible_to, with_threads
from tenants.records.registry import RecordType
from tenants.records.timeline import NOTE, Asked, Entry, by_day, kinds_of, notes_in, read_story, words_of

TABS = (("overview", _("Overview")), ("activity", _("Activity")), ("notes", _("Notes")), ("files", _("Files")),
        ("history", _("History")))  # fmt: skip
BRIEF, PAGE = 12, 40
TELLING = ("money", "percent", "date", "select", "relation", "number", "decimal", "user")
MOST_HIGHLIGHTS = 3
MOST_FILES = 200
MOST_PINNED = 5
DOORS = {"page": _("by hand"), "api": _("API"), "job": _("background job"), "hook": _("web hook"),
         "import": _("import")}  # fmt: skip


def tab_values(
    tab: str, actor: Actor, record_type: RecordType, record: Any, asked: Mapping[str, str]
) -> dict[str, Any]:
    """The variables of a tab's part of the page."""
    if tab == "notes":
        return notes_values(actor, record, asked.get("cursor", ""))
    if tab == "files":
        return files_values(actor, record)
    if tab == "history":
        return history_values(record_type, record, asked.get("cursor", ""))
    if tab == "activity":
        return activity_values(actor, record_type, record, asked)
    story, pinned = read_story(record, Asked(length=BRIEF)), _pinned(actor, record)
    with_threads([*pinned, *notes_in(story.entries)])
    return {
        "pinned": pinned,
        "highlights": _highlights(record_type, record, story.entries),
        "entries": by_day(without_pinned(story.entries)),
        "has_older": bool(story.older),
    }


def without_pinned(entries: list[Entry]) -> list[Entry]:
    """Pinned notes stand on top already."""
    return [entry for entry in entries if not (entry.kind == NOTE and getattr(entry.object, "pinned_at", None))]


def _highlights(record_type: RecordType, record: Any, entries: list[Entry]) -> list[tuple[Any, Any]]:
    """The few fields of a list that say most in a word, where they hold something; and when it was last touched."""
    fields = (
        record_type.fields[name]
        for name in record_type.columns
        if name in record_type.fields and name != record_type.title
    )
    telling = [field for field in fields if field.kind in TELLING]
    telling.sort(key=lambda field: TELLING.index(field.kind))
    found = [(field.label, shown) for field in telling if (shown := cell(field, record))][:MOST_HIGHLIGHTS]
    last = next((entry.at for entry in entries if not entry.is_upcoming), None)
    return [*found, (_("Last activity"), ago(last))] if last else found


def _pinned(actor: Actor, record: Any) -> list[Note]:
    if not actor.may("view", "notes"):
        return []
    return list(notes_of(actor, record).exclude(pinned_at=None).order_by("-pinned_at")[:MOST_PINNED])


def activity_values(actor: Actor, record_type: RecordType, record: Any, given: Mapping[str, str]) -> dict[str, Any]:
    asked = asked_of(given)
    story, pinned = read_story(record, asked), _pinned(actor, record)
    with_threads([*pinned, *notes_in(story.entries)])
    return {
        "pinned": pinned,
        "entries": by_day(story.entries if asked.is_narrowed else without_pinned(story.entries)),
        "older": story.older,
        "asked": asked,
        "kinds": kinds_of(story.entries if not asked.is_narrowed else read_story(record, Asked()).entries),
        "people": _people(actor, record_type, record),
    }


def asked_of(given: Mapping[str, str]) -> Asked:
    return Asked(
        kind=given.get("kind", "")[:40],
        who=given.get("who", "")[:120],
        words=given.get("words", "")[:200].replace("\x00", ""),
        cursor=given.get("cursor", "")[:120],
        length=PAGE,
    )


def _people(actor: Actor, record_type: RecordType, record: Any) -> list[str]:
    """Who changed or wrote something here."""
    about = {"record_type": record_type.name, "record_id": record.pk}
    changed: QuerySet[Any, Any] = Change.objects.filter(**about).order_by().values_list("actor_name", flat=True)
    wrote = notes_visible_to(actor, Note.objects.filter(**about, deleted_at=None)).order_by()
    return sorted(name for name in changed.union(wrote.values_list("author_name", flat=True)) if name)


def notes_values(actor: Actor, record: Any, cursor: str) -> dict[str, Any]:
    rows = notes_of(actor, record).filter(beyond(cursor))
    if not cursor:
        rows = rows.filter(pinned_at=None)
    found = list(rows[: PAGE + 1])
    older = cursor_of(found[PAGE - 1]) if len(found) > PAGE else ""
    pinned = [] if cursor else _pinned(actor, record)
    with_threads([*pinned, *found[:PAGE]])
    return {"notes": found[:PAGE], "older": older, "pinned": pinned}


def files_values(actor: Actor, record: Any) -> dict[str, Any]:
    if not actor.may("view", "files"):
        return {"files": [], "most": 0}
    return {"files": list(files_of(actor, record)[:MOST_FILES]), "most": settings.FILE_MOST_MEGABYTES}


def history_values(record_type: RecordType, record: Any, cursor: str) -> dict[str, Any]:
    rows = Change.objects.filter(record_type=record_type.name, record_id=record.pk).order_by("-created_at", "-id")
    found = list(rows.filter(beyond(cursor))[: PAGE + 1])
    older = cursor_of(found[PAGE - 1]) if len(found) > PAGE else ""
    return {"changes": [_told(record_type, change) for change in found[:PAGE]], "older": older}


def _told(record_type: RecordType, change: Change) -> dict[str, Any]:
    words = {"created": _("Created"), "updated": _("Changed"), "deleted": _("Moved to the bin"),
             "restored": _("Restored"), "merged": _("Merged"),
             "shared": _("Shared"), "unshared": _("No longer shared")}  # fmt: skip
    own = record_type.history.get(change.action)
    return {
        "who": change.actor_name or _("Somebody"),
        "when": moment(change.created_at),
        "at": change.created_at,
        "what": words.get(change.action) or (own[1] if own else change.action),
        "door": DOORS.get(change.source, ""),
        "fields": [words_of(record_type, name, _pair(pair)) for name, pair in change.changes.items()],
    }


def _pair(pair: Any) -> list[Any]:
    return pair if isinstance(pair, list) and len(pair) == 2 else [None, pair]
