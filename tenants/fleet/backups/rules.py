"""When a company's backup is due, and which of its backups are kept. Plain arithmetic on moments and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

NIGHT_FROM, NIGHT_MINUTES = 20, 10 * 60
"""From eight in the evening to six: the fleet is spread over it, and by time zones over the day."""


class Kept(Protocol):
    @property
    def pk(self) -> UUID: ...

    @property
    def made_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Rule:
    is_on: bool = True
    hour: int | None = None
    daily: int = 7
    weekly: int = 4
    monthly: int = 6


def next_turn(rule: Rule, *, company_id: UUID, zone: str, after: datetime) -> datetime:
    """The first moment of the company's daily slot that is later than `after`."""
    local = after.astimezone(ZoneInfo(zone))
    slot = _slot(rule, company_id)
    for days in range(3):
        found = datetime.combine(local.date() + timedelta(days=days), slot, ZoneInfo(zone))
        if found.timestamp() > after.timestamp():
            return found.astimezone(after.tzinfo)
    raise AssertionError("two days hold a slot")


def _slot(rule: Rule, company_id: UUID) -> time:
    """Ids end in chance: each company gets a minute of its own."""
    if rule.hour is not None:
        return time(rule.hour, company_id.int % 60)
    minute = (NIGHT_FROM * 60 + company_id.int % NIGHT_MINUTES) % (24 * 60)
    return time(minute // 60, minute % 60)


def to_keep(backups: Iterable[Kept], rule: Rule, zone: str) -> set[UUID]:
    """The newest of each of the last days, weeks and months that have any."""
    here = ZoneInfo(zone)
    newest_first = sorted(((one.made_at, one.pk) for one in backups if one.made_at), reverse=True)
    kept: set[UUID] = set()
    for count, period_of in ((rule.daily, _day), (rule.weekly, _week), (rule.monthly, _month)):
        newest: dict[object, UUID] = {}
        for made_at, key in newest_first:
            newest.setdefault(period_of(made_at.astimezone(here).date()), key)
        kept |= set(list(newest.values())[:count])
    return kept


def _day(day: date) -> object:
    return day


def _week(day: date) -> object:
    return day.isocalendar()[:2]


def _month(day: date) -> object:
    return day.year, day.month
