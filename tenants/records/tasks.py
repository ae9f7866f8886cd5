"""Handing events to their consumers, and finding what a crash left behind."""

from collections.abc import Sequence
from time import monotonic

from celery import shared_task
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.task import PublicTask, TenantTask
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.records.bin import tasks as bins  # noqa: F401 - Celery finds tasks in this file
from tenants.records.custom import tasks as custom  # noqa: F401 - Celery finds tasks in this file
from tenants.records.events import ask_for_drain, deliver, drain_begins
from tenants.records.files import tasks as files  # noqa: F401 - Celery finds tasks in this file
from tenants.records.importing import tasks as imports  # noqa: F401 - Celery finds tasks in this file
from tenants.records.jobs import tasks as jobs  # noqa: F401 - Celery finds tasks in this file
from tenants.records.models import Event

BATCH = 200
MOST_TRIES = 8
SLICE_SECONDS = 3
"""After so long a drain stands in line again: whoever waits for the same worker gets a turn."""
log = logger(__name__)


@shared_task(base=TenantTask)
def drain_outbox() -> None:
    """Deliver what waits, oldest first. One worker at a time in a company; others leave at once."""
    drain_begins()
    ends_at = monotonic() + SLICE_SECONDS
    while _drain_batch():
        if monotonic() > ends_at:
            return ask_for_drain(context.current())


@transaction.atomic
def _drain_batch() -> int:
    events = list(
        Event.objects.select_for_update(skip_locked=True).filter(delivered_at=None, tries__lt=MOST_TRIES)[:BATCH]
    )
    if not _deliver_together(events):
        for event in events:
            _deliver(event)
    return sum(event.delivered_at is not None for event in events)


def _deliver_together(events: Sequence[Event]) -> bool:
    """The usual way, noted in one statement. False, and nothing is done, when a consumer fails."""
    try:
        with transaction.atomic():
            for event in events:
                deliver(event)
    except Exception:  # one by one it will show whose it was
        return False
    now = timezone.now()
    done = Event.objects.filter(pk__in=[event.pk for event in events])
    done.update(tries=F("tries") + 1, delivered_at=now, error="", updated_at=now)
    for event in events:
        event.delivered_at = now
    return True


def _deliver(event: Event) -> None:
    """A consumer that fails keeps its event waiting; the others go on."""
    event.tries += 1
    try:
        with transaction.atomic():
            deliver(event)
        event.delivered_at, event.error = timezone.now(), ""
    except Exception as error:  # any consumer's fault: kept with the event, tried again
        log.exception("event not delivered", event_id=str(event.pk), event_name=event.name)
        event.error = repr(error)
    event.save(update_fields=["tries", "delivered_at", "error", "updated_at"])


@shared_task(base=PublicTask)
def sweep_outboxes() -> None:
    """Wake every open company's outbox: a crash may have come between commit and queue."""
    for company_id in Company.objects.filter(status=CompanyStatus.ACTIVE).values_list("pk", flat=True):
        drain_outbox.apply_async(kwargs={"company_id": str(company_id)})
