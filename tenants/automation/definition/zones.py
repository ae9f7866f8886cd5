"""Time zones and hours: where a record is, when a window is open, how long working time lasts."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import timezone as phone_zones

from tenants.directory.hosts import company_now

COMPANY, RECORD = "company", "record"
UNKNOWN = "Etc/Unknown"
MOST_DAYS = 3_700


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    return name in (COMPANY, RECORD) or name in _zones()


def zone_named(name: str, record: Any = None) -> ZoneInfo:
    """company, record, or a name; the company's where nothing else is known."""
    if name == RECORD and record is not None:
        return zone_of(record)
    if name not in ("", COMPANY, RECORD) and name in _zones():
        return ZoneInfo(name)
    return ZoneInfo(company_now().time_zone or "UTC")


def zone_of(record: Any) -> ZoneInfo:
    """Where a record is: its own `time_zone`, else what its phone number says, else the company's."""
    said = (getattr(record, "custom", None) or {}).get("time_zone")
    if isinstance(said, str) and said in _zones():
        return ZoneInfo(said)
    person = record if getattr(record, "phone", "") else getattr(record, "contact", None)
    return ZoneInfo(_zone_of_number(getattr(person, "phone", "") or "") or company_now().time_zone or "UTC")


@lru_cache(maxsize=10_000)  # of numbers as such
def _zone_of_number(number: str) -> str:
    """Only where the number leaves no doubt."""
    try:
        found = phone_zones.time_zones_for_number(phonenumbers.parse(number, None)) if number else ()
    except phonenumbers.NumberParseException:
        return ""
    return found[0] if len(found) == 1 and found[0] in _zones() and found[0] != UNKNOWN else ""


def clock_of(text: str) -> time:
    """`09:00`; 24:00 is the last moment of the day."""
    return time.max if text == "24:00" else time.fromisoformat(text)


def is_open(window: Mapping[str, Any], at: datetime, record: Any = None) -> bool:
    here = at.astimezone(zone_named(str(window.get("zone") or COMPANY), record))
    return here.isoweekday() in window["days"] and clock_of(window["from"]) <= here.time() < clock_of(window["until"])


def next_open(window: Mapping[str, Any], at: datetime, record: Any = None) -> datetime:
    """The first moment from `at` on at which the window is open."""
    if is_open(window, at, record):
        return at
    zone = zone_named(str(window.get("zone") or COMPANY), record)
    here = at.astimezone(zone)
    for ahead in range(9):
        day = here.date() + timedelta(days=ahead)
        opens = datetime.combine(day, clock_of(window["from"]), zone)
        if day.isoweekday() in window["days"] and opens >= at:
            return opens.astimezone(at.tzinfo)
    return at


def working_later(window: Mapping[str, Any], at: datetime, seconds: float, record: Any = None) -> datetime:
    """`seconds` of open time later."""
    zone = zone_named(str(window.get("zone") or COMPANY), record)
    here = next_open(window, at, record)
    for _day in range(MOST_DAYS):
        closes = datetime.combine(here.astimezone(zone).date(), clock_of(window["until"]), zone)
        left = (closes - here).total_seconds()
        if seconds <= left:
            return here + timedelta(seconds=seconds)
        seconds -= left
        here = next_open(window, closes.astimezone(at.tzinfo) + timedelta(seconds=1), record)
    return here


def at_clock(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock_of(clock or "00:00"), zone)
