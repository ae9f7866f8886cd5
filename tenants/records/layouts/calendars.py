"""The calendar layout: records on the days of one of their date fields."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid, NotFound
from tenants.records.fields import Date, DateTime, Field
from tenants.records.layouts.listing import Listing
from tenants.records.locale import clock
from tenants.records.registry import RecordType

SPANS = ("month", "week", "agenda")
MOST = 600
PER_DAY = 4
AGENDA_DAYS = 28


@dataclass(frozen=True)
class Entry:
    """A record on a day."""

    record: Any
    day: date
    clock: str
    tone: str


@dataclass(frozen=True)
class Day:
    date: date
    entries: list[Entry]
    is_today: bool
    is_outside: bool
    """Before or after the month that is shown."""
    list_query: str

    @property
    def first(self) -> list[Entry]:
        return self.entries[:PER_DAY]

    @property
    def rest(self) -> list[Entry]:
        return self.entries[PER_DAY:]


@dataclass(frozen=True)
class CalendarView:
    field: Field
    span: str
    anchor: date
    days: list[Day]
    previous: date
    next: date
    may_move: bool
    is_cut: bool
    """There were more records than a page can carry."""

    @property
    def weeks(self) -> list[list[Day]]:
        return [self.days[i : i + 7] for i in range(0, len(self.days), 7)]

    @property
    def busy_days(self) -> list[Day]:
        return [day for day in self.days if day.entries]


def day_fields(record_type: RecordType) -> list[Field]:
    """The dates and moments a calendar can be by; those a person sets come first."""
    found = [one for one in record_type.fields.values() if isinstance(one, Date | DateTime)]
    return sorted(found, key=lambda one: one.name not in record_type.writable)


def day_field(record_type: RecordType, wanted: str = "") -> Field:
    """The field a calendar is by. Raises NotFound where a type has no dates, Invalid for a wrong name."""
    known = day_fields(record_type)
    if not known:
        raise NotFound
    found = next((one for one in known if one.name == wanted), None)
    if wanted and not found:
        raise Invalid({"on": [f"Choose one of: {', '.join(one.name for one in known)}."]})
    return found or known[0]


def calendar_of(listing: Listing) -> CalendarView:
    """The days of a month, a week or the coming weeks with their records. One query for the rows."""
    field = day_field(listing.record_type, listing.on)
    span = listing.query.get("span", "") or "month"
    if span not in SPANS:
        raise Invalid({"span": [f"Choose one of: {', '.join(SPANS)}."]})
    anchor = _anchor(listing.query.get("day", ""))
    first, last = _range(span, anchor)
    rows = list(_rows(listing, field, first, last)[: MOST + 1])
    listing.record_type.decorate(rows[:MOST])
    by_day: dict[date, list[Entry]] = {}
    for row in rows[:MOST]:
        entry = _entry(field, row)
        by_day.setdefault(entry.day, []).append(entry)
    days = [_day(listing, field, first + timedelta(days=i), by_day, anchor, span) for i in range((last - first).days)]
    may_move = field.name in listing.record_type.writable and listing.actor.may("edit", listing.record_type.name)
    return CalendarView(field, span, anchor, days, *_neighbours(span, anchor), may_move, len(rows) > MOST)


def _anchor(text: str) -> date:
    if not text:
        return timezone.localdate()
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid({"day": [_("Write a day as year-month-day, like 2026-11-30.")]}) from error
    if not 1900 <= found.year <= 2200:
        raise Invalid({"day": [_("Choose a day between the years 1900 and 2200.")]})
    return found


def _range(span: str, anchor: date) -> tuple[date, date]:
    """First day, and the day after the last. Weeks begin on Monday."""
    if span == "agenda":
        return anchor, anchor + timedelta(days=AGENDA_DAYS)
    start = anchor.replace(day=1) if span == "month" else anchor
    start -= timedelta(days=start.weekday())
    if span == "week":
        return start, start + timedelta(days=7)
    end = anchor.replace(day=monthrange(anchor.year, anchor.month)[1])
    return start, end + timedelta(days=7 - end.weekday())


def _neighbours(span: str, anchor: date) -> tuple[date, date]:
    if span != "month":
        step = timedelta(days=7 if span == "week" else AGENDA_DAYS)
        return anchor - step, anchor + step
    first = anchor.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)


def _bound(field: Field, day: date) -> Any:
    """A day as the field compares it: itself, or its first moment in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min)) if field.kind == "datetime" else day


def _rows(listing: Listing, field: Field, first: date, last: date) -> Any:
    within = field.find("", "gte", _bound(field, first)) & field.find("", "lt", _bound(field, last))
    return listing.rows.filter(within).order_by(field.expression().asc(), "pk")


def _entry(field: Field, row: Any) -> Entry:
    value = field.value(row)
    tone = str(getattr(row, "urgency", ""))
    if isinstance(value, datetime):
        return Entry(row, timezone.localtime(value).date(), clock(value), tone)
    return Entry(row, value, "", tone)


def _day(
    listing: Listing, field: Field, day: date, found: dict[date, list[Entry]], anchor: date, span: str
) -> Day:  # fmt: skip
    until = day if field.kind == "date" else f"{day.isoformat()}T23:59:59"
    start = day.isoformat() if field.kind == "date" else f"{day.isoformat()}T00:00"
    entries = found.get(day, [])
    query = ""
    if len(entries) > PER_DAY:
        query = listing.with_condition({"field": field.name, "op": "between", "value": [start, str(until)]})
    is_outside = span == "month" and day.month != anchor.month
    return Day(day, entries, day == timezone.localdate(), is_outside, query)


def moved_to(field: Field, record: Any, day: date) -> str:
    """The field's value on another day; a moment keeps its time of day."""
    value = field.value(record)
    if not isinstance(value, datetime):
        return day.isoformat()
    return datetime.combine(day, timezone.localtime(value).time().replace(microsecond=0)).isoformat()
