"""Handing events to their consumers: one worker at a time in a company, in the order of what happened.

What a consumer writes is committed with the note that it has had the event; so inside the
company each event takes effect once. A consumer that fails is left out and tried again by
itself (`failures`): the others go on.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.records.events import Listener, listeners
from tenants.records.models import Event
from tenants.records.outbox import failures

BATCH = 200
log = logger(__name__)


class Busy(Exception):
    """Another worker is at this company's outbox."""


@transaction.atomic
def deliver_some() -> int:
    """Hand on the next events, oldest first; how many that were. Raises Busy."""
    _be_alone()
    events = list(Event.objects.filter(delivered_at=None)[:BATCH])
    if events:
        behind = failures.held_up(events)
        for listener in listeners():
            _hand_on(listener, events, behind)
        _note(events)
    return len(events)


@transaction.atomic
def try_failed() -> int:
    """Try again what consumers could not take, where it is time; how many. Raises Busy."""
    _be_alone()
    return failures.try_due_again()


def _be_alone() -> None:
    """Two workers would tell the events of one record out of order. The lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{context.place().salt}:outbox"])
        if not cursor.fetchone()[0]:
            raise Busy


def _hand_on(listener: Listener, events: Sequence[Event], behind: failures.HeldUp) -> None:
    """All it hears, at once; one by one where that fails or some are held up, to learn whose fault it was."""
    mine = [event for event in events if listener.hears(event.name)]
    is_held_up = any((listener.key, event.record_id) in behind for event in mine)
    if len(mine) > 1 and not is_held_up and _heard(listener, mine) is None:
        return
    for event in mine:
        _hand_one(listener, event, behind)


def _hand_one(listener: Listener, event: Event, behind: failures.HeldUp) -> None:
    if (listener.key, event.record_id) in behind:
        return failures.queue_behind(listener, event)
    error = _heard(listener, [event])
    if error is not None:
        failures.note(listener, event, error)
        behind.add((listener.key, event.record_id))


def _heard(listener: Listener, events: Sequence[Event]) -> Exception | None:
    """What went wrong, or None. What a consumer wrote before it failed is taken back."""
    try:
        with transaction.atomic():
            listener.hear(events)
    except Exception as error:  # any consumer's fault: told with the event, tried again
        if len(events) == 1:
            log.exception("event not delivered", event_id=str(events[0].pk), consumer=listener.key)
        return error
    return None


def _note(events: Sequence[Event]) -> None:
    now = timezone.now()
    Event.objects.filter(pk__in=[event.pk for event in events]).update(delivered_at=now, updated_at=now)
