"""What a consumer could not take: tried again with growing pauses, then given up until somebody looks."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.kernel.logs import logger
from tenants.records.events import Listener, listener_keyed
from tenants.records.models import Event, Undelivered
from tenants.records.models.outbox import DeliveryState

HeldUp = set[tuple[str, UUID]]
PAUSES_SECONDS = (5, 30, 120, 600, 1_800, 3_600, 7_200)
"""After the first failure, the second, …; after the last the event is given up."""
LONGEST_ERROR = 2_000
PIECE = 50
OPEN = (DeliveryState.WAITING, DeliveryState.BEHIND)
log = logger(__name__)


def held_up(events: Iterable[Event]) -> HeldUp:
    """Which consumers still wait for an earlier event of which of these records. One query, usually of nothing."""
    waiting = Undelivered.objects.filter(state__in=OPEN, event__record_id__in={one.record_id for one in events})
    return set(waiting.order_by().values_list("consumer", "event__record_id"))


def note(listener: Listener, event: Event, error: Exception) -> None:
    _keep(Undelivered(event=event, consumer=listener.key), error)


def queue_behind(listener: Listener, event: Event) -> None:
    Undelivered.objects.create(event=event, consumer=listener.key, state=DeliveryState.BEHIND)


def next_due() -> datetime | None:
    """When the next one wants to be tried again."""
    waiting = Undelivered.objects.filter(state=DeliveryState.WAITING).order_by("next_try_at")
    return waiting.values_list("next_try_at", flat=True).first()


def try_due_again() -> int:
    """Those whose pause is over; how many were tried. Only for whoever holds the outbox."""
    due = list(_due()[:PIECE])
    for one in due:
        _try_again(one)
    return len(due)


def _due() -> QuerySet[Undelivered]:
    due = Undelivered.objects.filter(state=DeliveryState.WAITING, next_try_at__lte=timezone.now())
    return due.select_related("event")


def _try_again(one: Undelivered) -> None:
    listener = listener_keyed(one.consumer)
    try:
        with transaction.atomic():
            if listener:  # None: its module was taken away
                listener.hear([one.event])
    except Exception as error:  # any consumer's fault: kept with the event
        log.exception("event not delivered", event_id=str(one.event_id), consumer=one.consumer, tries=one.tries + 1)
        _keep(one, error)
    else:
        one.delete()
    if one.state != DeliveryState.WAITING or one.pk is None:
        _let_next_go(one)


def _keep(one: Undelivered, error: Exception) -> None:
    one.tries += 1
    one.error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    pause = PAUSES_SECONDS[one.tries - 1] if one.tries <= len(PAUSES_SECONDS) else None
    one.state = DeliveryState.DEAD if pause is None else DeliveryState.WAITING
    one.next_try_at = None if pause is None else timezone.now() + timedelta(seconds=pause)
    one.save()


def _let_next_go(one: Undelivered) -> None:
    """The next event of the same record, which waited behind this one, is due now."""
    behind = Undelivered.objects.filter(
        state=DeliveryState.BEHIND, consumer=one.consumer, event__record_id=one.event.record_id
    )
    first = behind.first()
    if first:
        first.state, first.next_try_at = DeliveryState.WAITING, timezone.now()
        first.save(update_fields=["state", "next_try_at", "updated_at"])


# What people do about those given up


@transaction.atomic
def try_again_now(*, ids: Sequence[UUID] | None = None) -> int:
    """Those given up, or waiting, are due at once, with all their tries before them; how many."""
    found: Any = Undelivered.objects.exclude(state=DeliveryState.BEHIND)
    chosen = found.filter(Q(pk__in=ids) if ids is not None else Q(state=DeliveryState.DEAD))
    return int(chosen.update(state=DeliveryState.WAITING, tries=0, next_try_at=timezone.now()))


@transaction.atomic
def drop(*, ids: Sequence[UUID]) -> int:
    """The consumer shall not have them any more; those behind go on. How many."""
    chosen = list(Undelivered.objects.select_related("event").filter(pk__in=ids))
    for one in chosen:
        one.delete()
        if one.state == DeliveryState.WAITING:
            _let_next_go(one)
    return len(chosen)
