"""When a workflow's clock strikes: by a recurrence rule, on days after a date, each hour for silences."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.automation.definition.plans import Plan
from tenants.automation.definition.zones import at_clock, clock_of, zone_named

SILENCE_EVERY = timedelta(hours=1)
BAD = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
TOO_OFTEN = ("SECONDLY", "MINUTELY")


def rule_of(params: Mapping[str, Any], begins: date) -> Any:
    """The rule as naive local moments. Raises ValidationError."""
    text = str(params.get("rrule") or "").strip().removeprefix("RRULE:")
    if not text or "\n" in text or any(word in text.upper() for word in TOO_OFTEN):
        raise ValidationError(_("Write a rule of at most one a hour, like FREQ=WEEKLY;BYDAY=MO."))
    start = datetime.combine(begins, _clock(params))
    try:
        return rrulestr(text, dtstart=start, ignoretz=True)
    except BAD as error:
        raise ValidationError(_("This is no rule of recurrence: %(fault)s") % {"fault": str(error)[:100]}) from error


def _clock(params: Mapping[str, Any]) -> time:
    return clock_of(str(params.get("at") or "09:00"))


def next_of(plan: Plan, after: datetime) -> datetime | None:
    """The first strike later than `after`; None where there is none any more."""
    if plan.trigger.wake == "silence":
        return after + SILENCE_EVERY
    zone = zone_named("")
    if plan.trigger.wake == "date":
        here = after.astimezone(zone)
        today = at_clock(here.date(), _clock(plan.params).strftime("%H:%M"), zone)
        return today if today > after else today + timedelta(days=1)
    if plan.trigger.wake != "schedule":
        return None
    return _next_scheduled(plan, after, zone)


def _next_scheduled(plan: Plan, after: datetime, zone: ZoneInfo) -> datetime | None:
    if plan.params.get("on"):
        found = at_clock(date.fromisoformat(str(plan.params["on"])), str(plan.params.get("at") or "09:00"), zone)
        return found if found > after else None
    rule = rule_of(plan.params, _begins(plan, zone))
    naive = rule.after(after.astimezone(zone).replace(tzinfo=None))
    return naive.replace(tzinfo=zone) if naive else None


def _begins(plan: Plan, zone: ZoneInfo) -> date:
    if plan.params.get("starts_on"):
        return date.fromisoformat(str(plan.params["starts_on"]))
    since: datetime | None = plan.published_since
    return since.astimezone(zone).date() if since else date(2020, 1, 1)
