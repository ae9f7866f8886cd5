"""Which channels a notification takes for one person, and when: kind, wishes, hours and addresses decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from tenants.directory.hosts import company_now
from tenants.notifications.channels import IN_APP, outward
from tenants.notifications.channels.base import Channel
from tenants.notifications.enums import URGENT, Status, Why
from tenants.notifications.hours import next_digest, quiet_until
from tenants.notifications.kinds import Kind
from tenants.notifications.models import Delivery, Wishes

EMPTY = Wishes()


@dataclass(frozen=True)
class Readers:
    """What the people of a notification said, read once for all of them."""

    own: Mapping[UUID, Wishes]
    common: Wishes
    reachable: Mapping[str, set[UUID]]
    """Channel to the ids of those it reaches."""

    def of(self, user_id: UUID) -> Wishes:
        return self.own.get(user_id, EMPTY)


def read(users: Sequence[Any], kind: Kind) -> Readers:
    """One query for what they said, at most one for each channel that somebody wants."""
    rows = list(Wishes.objects.select_related("connection").filter(user__in=users))
    rows += list(Wishes.objects.filter(user=None))
    own = {row.user_id: row for row in rows if row.user_id}
    common = next((row for row in rows if row.user_id is None), EMPTY)
    reachable = {}
    for channel in outward():
        wanting = [one for one in users if wants(own.get(one.pk, EMPTY), common, kind, channel.name)]
        is_open = wanting and channel.is_available()
        reachable[channel.name] = channel.reachable(wanting, own) if is_open else set()
    return Readers(own, common, reachable)


def wants(own: Wishes, common: Wishes, kind: Kind, channel: str) -> bool:
    """What the person says; else what the company says; else what the kind is born with."""
    for said in (own, common):
        found = said.channels.get(kind.name, {}).get(channel)
        if found is not None:
            return bool(found)
    return channel in kind.channels


@dataclass(frozen=True)
class Plan:
    """What becomes of one notification for one person."""

    is_shown: bool
    is_muted: bool
    is_loud: bool
    """Whether open pages may show a toast at this moment."""
    deliveries: list[Delivery]

    @property
    def is_nothing(self) -> bool:
        return not self.is_shown and not self.deliveries


def plan(user: Any, kind: Kind, readers: Readers, *, priority: str, record_key: str) -> Plan:
    """The deliveries are not saved, and know their notification not yet."""
    own, now = readers.of(user.pk), timezone.now()
    is_urgent = kind.is_urgent or priority == URGENT
    rest, why = (None, "") if is_urgent else resting(user, own, now)
    is_muted = bool(record_key) and record_key in own.muted
    found = [
        _delivery(channel, user, own, kind, _Moment(now, rest, why, is_urgent, is_muted), readers)
        for channel in outward()
        if wants(own, readers.common, kind, channel.name)
    ]
    return Plan(
        is_shown=wants(own, readers.common, kind, IN_APP), is_muted=is_muted,
        is_loud=rest is None and not is_muted and kind.is_shown_at_once, deliveries=found,
    )  # fmt: skip


def resting(user: Any, own: Wishes, now: datetime) -> tuple[datetime | None, str]:
    """Until when the person is left alone, and why; (None, "") when they are not."""
    quiet = quiet_until(own.quiet, zone_of(user), now)
    if own.paused_until and own.paused_until > now and (quiet is None or own.paused_until > quiet):
        return own.paused_until, Why.PAUSED
    return (quiet, Why.QUIET) if quiet else (None, "")


def zone_of(user: Any) -> str:
    return str(user.time_zone or company_now().time_zone or "UTC")


@dataclass(frozen=True)
class _Moment:
    now: datetime
    rest: datetime | None
    why: str
    is_urgent: bool
    is_muted: bool


def _delivery(channel: Channel, user: Any, own: Wishes, kind: Kind, moment: _Moment, readers: Readers) -> Delivery:
    found = Delivery(channel=channel.name, connection=own.connection if channel.name == "chat" else None)
    skipped = next(_reasons(channel, user, moment, readers), "")
    if skipped:
        found.status, found.why = Status.SKIPPED, skipped
    elif channel.name == "email" and not moment.is_urgent and kind.name in own.bundle.get("kinds", ()):
        found.why, found.next_try_at = Why.DIGEST, next_digest(own.bundle, zone_of(user), moment.now)
    else:
        found.why, found.next_try_at = moment.why, moment.rest or moment.now
    return found


def _reasons(channel: Channel, user: Any, moment: _Moment, readers: Readers) -> Iterator[str]:
    """Why it is not sent at all, the strongest first."""
    if not channel.is_available():
        yield Why.UNAVAILABLE
    if moment.is_muted:
        yield Why.MUTED
    if user.pk not in readers.reachable[channel.name]:
        yield Why.NO_ADDRESS
    if moment.rest and not channel.is_calm:
        yield moment.why
