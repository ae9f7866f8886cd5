"""When a person is left alone, and when their digest comes. All on the clock of the person."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenants.notifications.enums import Every

WEEK = 7


def quiet_until(quiet: Mapping[str, Any], zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end that it is now; None outside them. `quiet` as `Wishes` has it."""
    if not quiet.get("from") or not quiet.get("to"):
        return None
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    for day in (today - timedelta(days=1), today):
        begins, ends = _span(quiet, day, here)
        if day.weekday() in quiet.get("days", ()) and begins <= now < ends:
            return _chained(quiet, day, here, ends)
    return None


def _span(quiet: Mapping[str, Any], day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Past midnight where they end before they begin; a whole day where both are the same."""
    begins, ends = time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"])
    last = day if ends > begins else day + timedelta(days=1)
    return datetime.combine(day, begins, zone), datetime.combine(last, ends, zone)


def _chained(quiet: Mapping[str, Any], day: date, zone: ZoneInfo, ends: datetime) -> datetime:
    """Whole days may follow one another; a week of them has no end, so it ends after a week."""
    for _ in range(WEEK):
        day += timedelta(days=1)
        begins, later = _span(quiet, day, zone)
        if day.weekday() not in quiet["days"] or begins > ends:
            break
        ends = later
    return ends


def next_digest(digest: Mapping[str, Any], zone: str, now: datetime) -> datetime:
    """When the next one leaves."""
    here = ZoneInfo(zone)
    local = now.astimezone(here)
    if digest.get("every") == Every.HOURLY:
        return (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    at = time.fromisoformat(digest.get("at") or "08:00")
    day = local.date()
    if digest.get("every") == Every.WEEKLY:
        day += timedelta(days=(int(digest.get("weekday", 0)) - day.weekday()) % WEEK)
    found = datetime.combine(day, at, here)
    if found <= now:
        found = datetime.combine(day + timedelta(days=WEEK if digest.get("every") == Every.WEEKLY else 1), at, here)
    return found
