"""Celery entries of notifications. Each may run twice."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from tenants.directory.queries import open_company_ids
from tenants.directory.task import PublicTask, TenantTask, send, send_everywhere, send_to
from tenants.kernel.logs import logger
from tenants.notifications import waking
from tenants.notifications.retention import forget_some
from tenants.notifications.sending import next_due, send_some
from tenants.notifications.waking_up import wake_snoozed

SLICE_SECONDS = 60
"""After so long it stands in line again: a slow mail server of one company must not hold a worker."""
log = logger(__name__)


@shared_task(base=TenantTask)
def deliver() -> None:
    """Send what is due, bring back what was put off, then note when this company is next."""
    ends_at = monotonic() + SLICE_SECONDS
    while send_some() or wake_snoozed():
        if monotonic() > ends_at:
            return send(deliver)
    following = next_due()
    if following:
        waking.mark(following)


@shared_task(base=PublicTask)
def deliver_everywhere() -> None:
    """Visit the companies with something due; all open companies once in a while."""
    companies = waking.due(timezone.now())
    send_to(open_company_ids() if waking.is_full_sweep_due() else companies, deliver, expires=300)


@shared_task(base=TenantTask)
def forget_old_notifications() -> None:
    gone = 0
    while found := forget_some():
        gone += found
    if gone:
        log.info("old notifications forgotten", rows=gone)


@shared_task(base=PublicTask)
def forget_old_notifications_everywhere() -> None:
    send_everywhere(forget_old_notifications)
