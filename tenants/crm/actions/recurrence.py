"""Tasks that come again: one is finished, and the next of its series stands there."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.crm.models import Reminder, Task
from tenants.directory.hosts import company_now
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.actions import create_record
from tenants.records.custom.sealing import carried
from tenants.records.registry import type_named

MOST_YEARS = 20
LAST_START = datetime(9900, 1, 1)
COMMON_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
KNOWN_PARTS = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS"}),
}
COPIED = ("name", "description", "category", "priority", "repeats", "about_type", "about_id", "owner", "tags")


def company_zone() -> ZoneInfo:
    return ZoneInfo(company_now().time_zone)


def rule_of(text: str, start: datetime) -> rrule:
    """The rule counted from `start`, in the company's hours of the day. Raises Invalid at `repeats`."""
    local = start.astimezone(company_zone()).replace(tzinfo=None)
    words = text.strip().upper().removeprefix("RRULE:")
    parts = _parts(words)
    try:
        found = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=local)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise _refusal() from error
    if not isinstance(found, rrule) or found._interval < 1:  # type: ignore[attr-defined]
        raise _refusal()
    return _ending(found, local)


def _parts(words: str) -> dict[str, str]:
    """The parts of a rule, if they are ones of its frequency. Raises Invalid.

    Rules that skip more than they meet are followed day by day for thousands of years before
    they are known never to come, so each frequency has its own few parts.
    """
    pairs = [part.partition("=") for part in words.split(";")]
    parts = {name: value.removesuffix("Z") if name == "UNTIL" else value for name, _sign, value in pairs}
    allowed = KNOWN_PARTS.get(parts.get("FREQ", ""))
    is_sparse = parts.get("FREQ") == "DAILY" and "BYDAY" in parts and parts.get("INTERVAL", "1") != "1"
    if allowed is None or is_sparse or not set(parts) <= allowed | COMMON_PARTS:
        raise _refusal()
    return parts


def _ending(rule: rrule, start: datetime) -> rrule:
    """Nothing is planned further ahead."""
    last = min(start, LAST_START) + timedelta(days=366 * MOST_YEARS)
    until = rule._until  # type: ignore[attr-defined]
    return rule.replace(until=min(until, last) if until else last)


def _refusal() -> Invalid:
    return Invalid({"repeats": [_("Write a rule of days, weeks, months or years, like FREQ=WEEKLY;BYDAY=MO.")]})


def next_due(task: Task, *, now: datetime | None = None) -> datetime | None:
    """When the task is due again: the first time after it was due, or after now if that is past."""
    due = task.due_at
    if not task.repeats or due is None:
        return None
    zone = company_zone()
    after = max(due, now or timezone.now()).astimezone(zone).replace(tzinfo=None)
    found = rule_of(task.repeats, task.series_at or due).after(after)
    return found.replace(tzinfo=zone) if found else None


def prepare_series(task: Task, changed: set[str]) -> None:
    """Check the rule of a task that is saved, and note where its series begins. Raises Invalid."""
    if not task.repeats:
        task.series = task.series_at = None
        return
    if task.due_at is None:
        raise Invalid({"due_at": [_("Say when it is due for the first time, or leave “repeats” empty.")]})
    if {"repeats", "due_at"} & changed:
        _refuse_never(task.repeats, task.due_at)
    if task.series is None or "repeats" in changed:
        task.series, task.series_at = task.series or task.pk, task.due_at


def _refuse_never(text: str, due: datetime) -> None:
    local = due.astimezone(company_zone()).replace(tzinfo=None)
    if rule_of(text, due).after(local, inc=True) is None:
        raise _refusal()


def make_next(*, task: Task, by: Actor) -> Task | None:
    """The next of a finished task's series, once however often it is finished; None when the rule has ended."""
    due = next_due(task)
    if due is None or Task.objects.filter(series=task.series, due_at__gt=task.due_at).exists():
        return None
    values = {name: getattr(task, name) for name in COPIED if getattr(task, name) not in (None, "", [])}
    made: Task = create_record(record_type=type_named("tasks"), values=values | {"due_at": due}, by=by)
    own = carried(type_named("tasks"), task.custom, source=task, target=made)
    Task.objects.filter(pk=made.pk).update(series=task.series, series_at=task.series_at, custom=own)
    made.series, made.series_at = task.series, task.series_at
    before = task.reminders.exclude(minutes_before=None).values_list("minutes_before", flat=True)
    Reminder.objects.bulk_create(
        Reminder(task=made, minutes_before=minutes, remind_at=due - timedelta(minutes=minutes or 0))
        for minutes in before
    )
    return made
