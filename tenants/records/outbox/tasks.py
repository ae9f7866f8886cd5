"""The worker's part: draining the outbox, finding what a crash left behind, forgetting what is old."""

from datetime import datetime
from time import monotonic

from celery import shared_task
from django.utils import timezone

from tenants.directory.task import PublicTask, TenantTask, send, send_everywhere
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.records.events import ask_for_drain, drain_begins
from tenants.records.outbox import delivering, failures
from tenants.records.outbox.retention import forget_some

SLICE_SECONDS = 0.5
"""After so long a drain stands in line again: whoever waits for the same worker gets a turn."""
LONGEST_WAIT_SECONDS = 300
log = logger(__name__)


@shared_task(base=TenantTask)
def drain_outbox() -> None:
    """Deliver what waits, oldest first. One worker at a time in a company.

    Another that comes meanwhile leaves, and comes again: what it was sent for may have been
    written after the first had looked for the last time.
    """
    drain_begins()
    try:
        _drain()
    except delivering.Busy:
        send(drain_outbox, countdown_seconds=1)


def _drain() -> None:
    ends_at = monotonic() + SLICE_SECONDS
    while delivering.deliver_some():
        if monotonic() > ends_at:
            return ask_for_drain(context.current())
    while delivering.try_failed():
        if monotonic() > ends_at:
            return ask_for_drain(context.current())
    _come_again_for(failures.next_due())


def _come_again_for(due: datetime | None) -> None:
    """The sweeper comes for those that are far off."""
    seconds = (due - timezone.now()).total_seconds() if due else LONGEST_WAIT_SECONDS
    if seconds < LONGEST_WAIT_SECONDS:
        send(drain_outbox, countdown_seconds=max(seconds, 1))


@shared_task(base=TenantTask)
def forget_old_events() -> None:
    gone = 0
    while found := forget_some():
        gone += found
    if gone:
        log.info("old events forgotten", events=gone)


@shared_task(base=PublicTask)
def sweep_outboxes() -> None:
    """Wake every open company's outbox: a crash may have come between commit and queue."""
    send_everywhere(drain_outbox)


@shared_task(base=PublicTask)
def forget_old_events_everywhere() -> None:
    send_everywhere(forget_old_events)
