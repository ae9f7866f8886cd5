"""Reads of the past: one record, a list, the moments of a record, what differs from today."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.records.bin.queries import in_bin
from tenants.records.cells import cell
from tenants.records.fields import Field
from tenants.records.jobs.undoing import kept_value, raw_of
from tenants.records.locale import moment
from tenants.records.models import Change
from tenants.records.paging import PAGE_SIZE, Page, order_for, page_of
from tenants.records.past.reading import reading
from tenants.records.queries import masks, missing, require, rows_matching, visible_to, with_links
from tenants.records.registry import RecordType
from tenants.records.timeline import change_entry, is_told

MOST_MOMENTS = 200
MOST_NAMED = 3
STAMPS = ("created_at", "updated_at")


def record_as_of(record_type: RecordType, record_id: UUID, at: datetime, actor: Actor) -> Any:
    """A record as it was, for whoever may see it today. Raises NotFound where it was not there, or in the bin."""
    with reading(at, only=(record_type, record_id), actor=actor):
        found = visible_to(actor, record_type).filter(pk=record_id).first()
    if not found:
        raise missing(record_type)
    with_links(record_type, [found])
    return found


def list_as_of(
    record_type: RecordType, at: datetime, actor: Actor, *, tree: dict[str, Any] | None = None, text: str = "",
    sort: str = "", after: str = "", limit: int = PAGE_SIZE,
) -> Page:  # fmt: skip
    """One page of a list as it was: filter, order and page are those of then. Raises Invalid, Denied."""
    with reading(at, actor=actor):
        rows = rows_matching(actor, record_type, tree=tree, text=text)
        page = page_of(rows, order_for(record_type, sort or record_type.sort), after=after, limit=limit)
        with_links(record_type, page.items)
    return page


def record_today(actor: Actor, record_type: RecordType, record_id: UUID) -> Any:
    """A record whose past the actor may see: one they see today, or may take out of the bin. Raises NotFound."""
    require(actor, "view", record_type.name)
    found = visible_to(actor, record_type).filter(pk=record_id).first()
    if not found:
        binned = in_bin(actor, record_type).filter(pk=record_id).select_related(*record_type.relations)
        found = binned.annotate(**masks(actor, record_type)).first()
    if not found:
        raise missing(record_type)
    with_links(record_type, [found])
    return found


@dataclass(frozen=True)
class Moment:
    """A line of history as a place in time: the record as it was right after it."""

    at: datetime
    who: str
    what: str
    fields: str

    @property
    def when(self) -> str:
        return moment(self.at)


def moments_of(record_type: RecordType, record_id: UUID) -> list[Moment]:
    """The newest lines of a record's history, newest first."""
    rows = Change.objects.filter(record_type=record_type.name, record_id=record_id)
    return [_moment(record_type, line) for line in rows.order_by("-created_at", "-id")[:MOST_MOMENTS]]


def _moment(record_type: RecordType, line: Change) -> Moment:
    known = record_type.fields
    told = [one.label for name, one in known.items() if name in line.changes and is_told(record_type, name)]
    more = _(" and %(n)d more") % {"n": len(told) - MOST_NAMED} if len(told) > MOST_NAMED else ""
    return Moment(
        line.created_at, line.actor_name, change_entry(record_type, line).text, ", ".join(told[:MOST_NAMED]) + more
    )


@dataclass(frozen=True)
class Compared:
    """One field then and now, drawn."""

    field: Field
    then: Any
    now: Any
    differs: bool
    can_return: bool
    """Whether the reader may give it the value of then."""


def compared(record_type: RecordType, then: Any, now: Any, *, may_edit: bool) -> list[Compared]:
    """Every field that the reader sees and that holds something, in the order of the form."""
    fields, writable = record_type.fields, set(record_type.writable) if may_edit else set()
    names = dict.fromkeys([record_type.title, *record_type.asked, "owner", "tags", *record_type.extra])
    found = []
    for field in (fields[name] for name in names if name in fields and name not in STAMPS):
        differs = _differs(field, then, now)
        one = Compared(field, cell(field, then), cell(field, now), differs, differs and field.name in writable)
        if one.then or one.now:
            found.append(one)
    return found


def _differs(field: Field, then: Any, now: Any) -> bool:
    """Of a confidential field history knows a mask alone: it always stands as it is today."""
    return not field.is_secret and raw_of(kept_value(field, then)) != raw_of(kept_value(field, now))


def differing(record_type: RecordType, then: Any, now: Any) -> dict[str, Any]:
    """The fields that the reader may write and that held something else then, with that as input."""
    return {
        name: raw_of(kept_value(field, then))
        for name in record_type.writable
        if _differs(field := record_type.fields[name], then, now)
    }
