"""What the team has been doing, newest first (CRM-36): history of every record the reader may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.models import Change
from tenants.records.queries import visible_to
from tenants.records.registry import record_types, type_named
from tenants.records.timeline import Entry, change_entry

PAGE = 50
ACTIONS = ("created", "updated", "deleted", "restored", "converted")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which part of the feed: by whom, of which type, which action; `after` is where the page before ended."""

    user_id: UUID | None = None
    type_name: str = ""
    action: str = ""
    after: str = ""


@dataclass(frozen=True)
class Line:
    """A change, and the record it was made to."""

    change: Change
    record: Any
    entry: Entry

    @property
    def kind(self) -> str:
        """What kind of record it is, in a word."""
        return type_named(self.change.record_type).singular

    @property
    def url(self) -> str:
        return type_named(self.change.record_type).url_of(self.record)


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    next: str


def feed(actor: Actor, asked: Asked, *, limit: int = PAGE) -> Page:
    """A page of the feed; one query for it and one for each type that is on it. Raises Invalid."""
    rows = list(_changes(actor, asked)[: limit + 1])
    page = rows[:limit]
    records = _records(actor, page)
    lines = [_line(change, records[change.record_id]) for change in page if change.record_id in records]
    return Page(lines, _place(page[-1]) if len(rows) > limit else "")


def _changes(actor: Actor, asked: Asked) -> "QuerySet[Change]":
    names = [found.name for found in record_types() if actor.may("view", found.name)]
    if asked.type_name:
        if asked.type_name not in names:
            raise Invalid({"type": [_("Choose one of: %(known)s.") % {"known": ", ".join(names)}]})
        names = [asked.type_name]
    if asked.action and asked.action not in ACTIONS:
        raise Invalid({"action": [_("Choose one of: %(known)s.") % {"known": ", ".join(ACTIONS)}]})
    rows = Change.objects.filter(record_type__in=names).order_by("-created_at", "-id")
    rows = rows.filter(user_id=asked.user_id) if asked.user_id else rows
    rows = rows.filter(action=asked.action) if asked.action else rows
    return rows.filter(_before(asked.after)) if asked.after else rows


def _place(change: Change) -> str:
    return f"{change.created_at.isoformat()}_{change.pk}"


def _before(cursor: str) -> Q:
    """Older than the last line of the page before."""
    moment, _sep, change_id = cursor.partition("_")
    try:
        at, last = parse_datetime(moment.replace(" ", "+")), UUID(change_id)
    except ValueError:
        at = None
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise Invalid({"cursor": [_("Send “next” of the page before, as it was.")]})
    return Q(created_at__lt=at) | Q(created_at=at, id__lt=last)


def _records(actor: Actor, changes: Sequence[Change]) -> dict[UUID, Any]:
    """The records of these changes that the actor may see, also those in the bin by now."""
    wanted: dict[str, set[UUID]] = {}
    for change in changes:
        wanted.setdefault(change.record_type, set()).add(change.record_id)
    found: dict[UUID, Any] = {}
    for name, ids in wanted.items():
        rows: Iterable[Any] = visible_to(actor, type_named(name)).filter(pk__in=ids).select_related(None)
        found |= {row.pk: row for row in rows}
    return found


def _line(change: Change, record: Any) -> Line:
    return Line(change, record, change_entry(type_named(change.record_type), change))


def colleagues() -> "QuerySet[User]":
    return User.objects.filter(is_active=True).order_by("name")
