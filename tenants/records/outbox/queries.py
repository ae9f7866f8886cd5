"""How it stands with the company's events: what waits, what failed, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.models import Event, Undelivered
from tenants.records.models.outbox import DeliveryState
from tenants.records.moments import cursor_behind, place_of
from tenants.records.queries import require

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """`lag_seconds` is how long the oldest event has been waiting; 0 when none does."""

    waiting: int
    lag_seconds: float
    last_hour: int
    failed: int
    held_back: int
    given_up: int

    @property
    def troubled(self) -> int:
        return self.failed + self.held_back + self.given_up


def standing(by: Actor) -> Standing:
    """Two queries, both of rows that wait or are new."""
    require(by, "edit", "settings")
    now = timezone.now()
    waiting = Q(delivered_at=None)
    told = Event.objects.filter(waiting | Q(happened_at__gt=now - HOUR)).aggregate(
        waiting=Count("id", filter=waiting), oldest=Min("happened_at", filter=waiting),
        last_hour=Count("id", filter=Q(happened_at__gt=now - HOUR)),
    )  # fmt: skip
    states = dict(Undelivered.objects.order_by().values_list("state").annotate(Count("id")))
    lag = max((now - told["oldest"]).total_seconds(), 0) if told["oldest"] else 0
    failed, behind, dead = (
        states.get(one, 0) for one in (DeliveryState.WAITING, DeliveryState.BEHIND, DeliveryState.DEAD)
    )
    return Standing(told["waiting"], lag, told["last_hour"], failed, behind, dead)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which events: of a kind, of a record, in a stretch of time."""

    name: str = ""
    record_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def q(self) -> Q:
        found = Q()
        for given, condition in (
            (self.name, Q(name=self.name)), (self.record_id, Q(record_id=self.record_id)),
            (self.since, Q(happened_at__gte=self.since)), (self.until, Q(happened_at__lt=self.until)),
        ):  # fmt: skip
            if given:
                found &= condition
        return found


def events(asked: Asked, *, by: Actor) -> QuerySet[Event]:
    """Newest first."""
    require(by, "edit", "settings")
    return Event.objects.filter(asked.q).order_by("-happened_at", "-id")


def event_for(event_id: UUID, *, by: Actor) -> Event:
    require(by, "edit", "settings")
    found = Event.objects.prefetch_related("undelivered").filter(pk=event_id).first()
    if not found:
        raise NotFound("There is no such event; those past their time are forgotten.")
    return found


def page_of(rows: "QuerySet[Any]", *, after: str, limit: int) -> tuple[Sequence[Any], str | None]:
    """One page of events, newest first, and the cursor of the next. Raises Invalid."""
    if after:
        at, event_id = place_of(after)
        rows = rows.filter(Q(happened_at__lt=at) | Q(happened_at=at, pk__lt=event_id))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], cursor_behind(last.happened_at, last.pk) if last else None


def undelivered(*, by: Actor, state: str = "") -> QuerySet[Undelivered]:
    """What consumers could not take: those given up first, then by age."""
    require(by, "edit", "settings")
    rows = Undelivered.objects.select_related("event").order_by(
        F("next_try_at").asc(nulls_first=True), "event__happened_at", "id"
    )
    return rows.filter(state=state) if state else rows
