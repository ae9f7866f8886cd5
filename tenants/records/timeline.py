"""The story of a record: history, notes, and what other modules tell, newest first.

It is read in windows: each source gives its newest rows before a moment, one query a source,
and the newest of them all are the page. A module's `timeline(record)` takes its rows through
`newest`, which knows the window that is being read.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from heapq import nlargest, nsmallest
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.modules import Module, modules
from tenants.records.locale import clock, day, moment, number
from tenants.records.merging.queries import told_of
from tenants.records.models import Change, Note, Record
from tenants.records.notes.queries import notes_of, with_threads
from tenants.records.registry import RecordType, record_types, type_named, type_of

LENGTH = 50
MOST_WINDOWS = 12
MOST_AHEAD = 20
NOTE, CHANGE = "note", "change"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: who did what when. `template` renders what unfolds below it, given `object`.

    `kind` is what the story is filtered by: note, change, or a word of a module (its name, unless
    the entry says otherwise). `body` is the text for search and export.
    """

    at: datetime
    icon: str
    who: str
    text: str
    body: str = ""
    template: str = ""
    object: Any = None
    id: UUID | None = None
    kind: str = ""
    is_upcoming: bool = False
    details: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def clock(self) -> str:
        return moment(self.at) if self.is_upcoming else clock(self.at)

    @property
    def moment(self) -> str:
        return moment(self.at)

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands among others of the same moment."""
        return self.at, str(self.id or "")

    @property
    def words(self) -> str:
        """All of it as text."""
        told = [f"{label}: {before} → {after}" for label, before, after in self.details]
        return " ".join(filter(None, [self.who, self.text, *told, self.body, str(self.object or "")]))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants to read of a story. `cursor` is the `older` of the page before."""

    kind: str = ""
    who: str = ""
    words: str = ""
    cursor: str = ""
    length: int = LENGTH

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.who or self.words.strip())

    def wants(self, entry: Entry) -> bool:
        if (self.kind and entry.kind != self.kind) or (self.who and entry.who != self.who):
            return False
        told = entry.words.casefold()
        return all(word in told for word in self.words.casefold().split()[:8])


@dataclass(frozen=True)
class Story:
    """One page of entries; `older` is the cursor of the next, empty at the beginning of time."""

    entries: list[Entry]
    older: str = ""


@dataclass(frozen=True)
class Window:
    before: datetime | None = None
    length: int = LENGTH


_window: ContextVar[Window] = ContextVar("timeline_window", default=Window())  # noqa: B039 - frozen


def newest(rows: "QuerySet[Any]", at: str = "created_at") -> "QuerySet[Any]":
    """The newest rows of the window that is being read. `at` names the column (or annotation) that an entry's
    moment comes from."""
    window = _window.get()
    if window.before is not None:
        rows = rows.filter(**{f"{at}__lte": window.before})
    return rows.order_by(f"-{at}", "-pk")[: window.length]


@contextmanager
def _looking(window: Window) -> Iterator[None]:
    token = _window.set(window)
    try:
        yield
    finally:
        _window.reset(token)


def timeline_of(record: Record, *, length: int = LENGTH) -> list[Entry]:
    """The newest entries of every source, notes with their answers. One query a source, whatever the length."""
    entries = read_story(record, Asked(length=length)).entries
    with_threads(notes_in(entries))
    return entries


def read_story(record: Record, asked: Asked) -> Story:
    """A page of the story: on the first what is ahead, then what was, newest first.

    Filtered reading goes on through older windows until the page is full, at most a few.
    """
    place, is_end = _read_cursor(asked.cursor), False
    found: list[Entry] = []
    for _turn in range(MOST_WINDOWS):
        page, is_end = _page_of(record, asked, place)
        found += [entry for entry in page if asked.wants(entry)]
        if is_end or len(found) >= asked.length:
            break
        place = page[-1].place
    kept = found[: asked.length]
    if is_end and len(found) <= asked.length:
        return Story(kept)
    last = kept[-1].place if len(found) >= asked.length else place
    return Story(kept, _cursor(last) if last else "")


def _page_of(record: Record, asked: Asked, place: tuple[datetime, str] | None) -> tuple[list[Entry], bool]:
    """One window of all sources, and whether nothing older is left."""
    record_type = type_of(record)
    if not record_type:
        return [], True
    length = asked.length + 1
    with _looking(Window(place[0] if place else None, length + 1)):
        told = [entry for source in _sources(record_type, asked.kind) for entry in source(record)]
    ahead = nsmallest(MOST_AHEAD, (e for e in told if e.is_upcoming and not place), key=lambda entry: entry.place)
    past = [entry for entry in told if not entry.is_upcoming and (not place or entry.place < place)]
    newest_first = nlargest(max(0, length - len(ahead)), past, key=lambda entry: entry.place)
    page = [*reversed(ahead), *newest_first]
    return page[: asked.length], len(page) <= asked.length


def _sources(record_type: RecordType, kind: str) -> Iterable[Callable[[Any], Iterable[Entry]]]:
    """All that tells of a record; of the kernel's own two only the one that is asked for. Modules may tell
    notes and changes too: those of records that belong to this one."""
    if kind in ("", CHANGE):
        yield lambda record: _history(record_type, record)
    if kind in ("", NOTE):
        yield _notes
    yield from (_told_by(module) for module in modules())


def _told_by(module: Module) -> Callable[[Any], Iterable[Entry]]:
    return lambda record: [e if e.kind else replace(e, kind=module.name) for e in module.timeline(record)]


def _history(record_type: RecordType, record: Record) -> Iterable[Entry]:
    rows = newest(Change.objects.filter(told_of(record.pk), record_type=record_type.name))
    return (change_entry(record_type, change) for change in rows)


ICONS = {
    "created": "plus", "deleted": "trash", "restored": "arrow-back-up", "merged": "arrow-merge",
    "unmerged": "arrows-split", "shared": "share", "unshared": "share-off",
}  # fmt: skip


TOLD_IN_FULL = ("updated", "shared", "unshared")


def change_entry(record_type: RecordType, change: Change) -> Entry:
    words = {
        "created": _("created this"), "deleted": _("moved this to the bin"), "restored": _("restored this"),
        "merged": _("merged others into this"), "unmerged": _("undid a merge"),
        "shared": _("shared this"), "unshared": _("took back a share of this"),
    }  # fmt: skip
    changes = change.changes if change.action in TOLD_IN_FULL else {}
    own_icon, own_words = record_type.history.get(change.action, ("pencil", _("changed")))
    return Entry(
        id=change.pk,
        at=change.created_at,
        icon=ICONS.get(change.action, own_icon),
        who=change.actor_name,
        text=words.get(change.action, str(own_words)),
        kind=CHANGE,
        details=[words_of(record_type, name, pair) for name, pair in changes.items() if is_told(record_type, name)],
    )


def is_told(record_type: RecordType, name: str) -> bool:
    """Whether history tells of a field: not of quiet ones, nor of what is hidden from the one who reads."""
    is_hidden = name in record_type.known_fields and name not in record_type.fields
    return name not in record_type.quiet and not is_hidden


def words_of(record_type: RecordType, name: str, pair: list[Any]) -> tuple[str, str, str]:
    """A changed field in words: its label, what it was, what it is."""
    known = record_type.fields.get(name)
    label = known.label if known else _("Shared with") if name == "shared_with" else name.removeprefix("custom.")
    before, after = (_text(known, value) for value in pair)
    return label, before, after


def _text(known: Any, value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name", "")) if "name" in value else ", ".join(str(v) for v in value.values() if v) or "—"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "—"
    if value in (None, ""):
        return "—"
    return _text_of_kind(known, value)


def _text_of_kind(known: Any, value: Any) -> str:
    kind = known.kind if known else ""
    if kind == "select":
        return known.text(value) or str(value)
    if kind == "boolean" or isinstance(value, bool):
        return _("Yes") if value in (True, "True", "true") else _("No")
    if kind == "datetime":
        return moment(datetime.fromisoformat(str(value)))
    return number(Decimal(value)) if kind == "money" else str(value)


def _notes(record: Record) -> Iterable[Entry]:
    actor = context.actor()
    if not actor.may("view", "notes"):
        return
    for note in newest(notes_of(actor, record)):
        yield Entry(
            id=note.pk, at=note.created_at, icon="note", who=note.author_name, text=_("wrote a note"), kind=NOTE,
            body=note.text, object=note, template="notes/_entry.html",
        )  # fmt: skip


def kinds_of(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """What a story can be filtered by: notes, changes, and each module that tells something here."""
    labels = {module.name: str(module.label) for module in modules()} | {t.name: t.label for t in record_types()}
    seen = dict.fromkeys(entry.kind for entry in entries if entry.kind not in (NOTE, CHANGE))
    return [(NOTE, _("Notes")), (CHANGE, _("Changes")), *((kind, labels.get(kind, kind)) for kind in seen)]


@dataclass(frozen=True)
class Day:
    """The entries of one day, or those still ahead."""

    label: str
    entries: list[Entry]


def notes_in(entries: Iterable[Entry]) -> list[Note]:
    """The notes among entries, which a page draws with their answers and files (`notes.queries.with_threads`)."""
    return [entry.object for entry in entries if isinstance(entry.object, Note)]


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


def _cursor(place: tuple[datetime, str]) -> str:
    return f"{place[0].isoformat()}~{place[1]}"


def _read_cursor(cursor: str) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    at, _sign, entry_id = cursor.replace(" ", "+").partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError as error:
        raise Invalid({"cursor": [_("Begin again from the newest entry.")]}) from error
    return (found if found.tzinfo else timezone.make_aware(found)), entry_id[:40]


def record_behind(name: str, record_id: UUID) -> Record | None:
    """The record a pointer names, for labels; None when its module or row is gone."""
    return type_named(name).model._default_manager.filter(pk=record_id).first()
