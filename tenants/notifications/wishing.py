"""What people say about how they want to be told; and what administrators say for all who said nothing."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.notifications.actions import person
from tenants.notifications.channels import CHANNELS
from tenants.notifications.enums import Every
from tenants.notifications.kinds import kinds
from tenants.notifications.models import ChatConnection, Wishes
from tenants.notifications.queries import wishes_of
from tenants.records.queries import require
from tenants.records.registry import type_of

MOST_MUTED: Final = 500
LONGEST_PAUSE: Final = timedelta(days=30)
Chosen = Mapping[str, Mapping[str, bool | None]]
"""Kind to channel to yes or no; None goes back to what the company says."""


@transaction.atomic
def set_channels(*, chosen: Chosen, by: Actor) -> Wishes:
    """By which channels one wants to be told of what. What is not named stays. Raises Invalid, Denied."""
    row = _own(by)
    row.channels = _merged(row.channels, chosen)
    row.save(update_fields=["channels", "updated_at"])
    return row


@transaction.atomic
def set_defaults(*, chosen: Chosen, by: Actor) -> Wishes:
    """For all who have not said otherwise. None goes back to what the kind is born with. Raises Invalid, Denied."""
    require(by, "edit", "settings")
    row = _locked(None)
    before = row.channels
    row.channels = _merged(before, chosen)
    row.save(update_fields=["channels", "updated_at"])
    if before != row.channels:
        audit("notifications.defaults_changed", by=by, before=before, after=row.channels)
    return row


@transaction.atomic
def set_quiet(*, begins: str, ends: str, days: Collection[int], by: Actor) -> Wishes:
    """Hours in which only what is urgent comes: clock times like 22:00, and the days on which they begin.

    Without times or days there are none. Raises Invalid, Denied.
    """
    row = _own(by)
    if not days or not (begins or ends):
        row.quiet = {}
    else:
        errors = {name: [_bad_time()] for name, text in (("from", begins), ("to", ends)) if not is_clock(text)}
        if not set(days) <= set(range(7)):
            errors["days"] = [_("Days are 0 for Monday to 6 for Sunday.")]
        if errors:
            raise Invalid(errors)
        row.quiet = {"from": begins, "to": ends, "days": sorted(set(days))}
    row.save(update_fields=["quiet", "updated_at"])
    return row


@transaction.atomic
def set_digest(*, every: str, at: str = "08:00", weekday: int = 0, kinds: Collection[str], by: Actor) -> Wishes:
    """Which kinds come together in one e-mail, and when. Without kinds there is none. Raises Invalid, Denied."""
    row = _own(by)
    errors: dict[str, list[str]] = {}
    if every not in Every.values:
        errors["every"] = [_("Choose hourly, daily or weekly.")]
    if not is_clock(at):
        errors["at"] = [_bad_time()]
    if weekday not in range(7):
        errors["weekday"] = [_("Days are 0 for Monday to 6 for Sunday.")]
    errors |= _unknown_kinds(kinds)
    if errors:
        raise Invalid(errors)
    row.bundle = {"every": every, "at": at, "weekday": weekday, "kinds": sorted(set(kinds))} if kinds else {}
    row.save(update_fields=["bundle", "updated_at"])
    return row


@transaction.atomic
def pause(*, until: datetime | None, by: Actor) -> Wishes:
    """Nothing but what is urgent until then; None ends it. Raises Invalid, Denied."""
    row = _own(by)
    now = timezone.now()
    if until is not None and (timezone.is_naive(until) or not now < until <= now + LONGEST_PAUSE):
        raise Invalid({"until": [_("Choose a moment within the next 30 days, with its time zone.")]})
    row.paused_until = until
    row.save(update_fields=["paused_until", "updated_at"])
    return row


@transaction.atomic
def choose_connection(*, connection: ChatConnection | None, by: Actor) -> Wishes:
    """Where one's notifications are posted, of those that are open to people. Raises Invalid, Denied."""
    row = _own(by)
    if connection and not connection.is_for_people:
        raise Invalid({"connection": [_("This channel takes no notifications of people. Ask an administrator.")]})
    row.connection = connection
    row.save(update_fields=["connection", "updated_at"])
    return row


@transaction.atomic
def mute(*, record: Any, by: Actor, is_muted: bool = True) -> Wishes:
    """Hear nothing more of a record, or hear again: what comes stands in the centre, read. Raises Invalid, Denied."""
    row = _own(by)
    key = key_of(record)
    rest = [one for one in row.muted if one != key]
    if is_muted and len(rest) >= MOST_MUTED:
        raise Invalid({"record": [_("You have muted 500 records. Take one back first.")]})
    row.muted = [*rest, key] if is_muted else rest
    row.save(update_fields=["muted", "updated_at"])
    return row


def key_of(record: Any) -> str:
    """As `Wishes.muted` has it."""
    record_type = type_of(record)
    assert record_type, "only records are muted"
    return f"{record_type.name}:{record.pk}"


def _own(by: Actor) -> Wishes:
    return _locked(person(by))


def _locked(user_id: UUID | None) -> Wishes:
    Wishes.objects.bulk_create([Wishes(user_id=user_id)], ignore_conflicts=True)
    return Wishes.objects.select_for_update().get(pk=wishes_of(user_id).pk)


def _merged(before: Mapping[str, Any], chosen: Chosen) -> dict[str, Any]:
    errors = _unknown_kinds(chosen)
    wrong = {channel for said in chosen.values() for channel in said} - set(CHANNELS)
    if wrong:
        errors["channel"] = [_("There is no channel called %(name)s.") % {"name": sorted(wrong)[0][:40]}]
    if errors:
        raise Invalid(errors)
    found = {name: dict(said) for name, said in before.items()}
    for name, said in chosen.items():
        kept = {**found.get(name, {}), **said}
        found[name] = {channel: bool(value) for channel, value in kept.items() if value is not None}
    return {name: said for name, said in found.items() if said}


def _unknown_kinds(names: Collection[str]) -> dict[str, list[str]]:
    wrong = sorted(name for name in names if name not in kinds() or kinds()[name].comes_with)
    return {"kind": [_("There is no kind called %(name)s yet.") % {"name": wrong[0][:40]}]} if wrong else {}


def is_clock(text: str) -> bool:
    """Whether it is a time like 08:30."""
    try:
        return len(text) == 5 and time.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _bad_time() -> str:
    return _("Write a time of day like 08:30.")
