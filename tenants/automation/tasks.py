"""The worker's part: advancing runs in fair slices, waking by the clock, forgetting what is old."""

from datetime import datetime, timedelta
from time import monotonic

from celery import shared_task
from django.utils import timezone

from tenants.automation.engine import advancing, hints, retention, waking
from tenants.directory.hosts import company_now
from tenants.directory.task import PublicTask, TenantTask, send, send_everywhere, send_to
from tenants.kernel.logs import logger

SLICE_SECONDS = 0.5
"""After so long a company stands in line again: whoever waits for the same worker gets a turn."""
SOON_SECONDS = 60
USED_UP = timedelta(hours=1)
log = logger(__name__)


@shared_task(base=TenantTask)
def advance_workflows() -> None:
    """Let in by the clock, then advance what is due; come again when something is due later."""
    hints.advance_begins()
    ends_at = monotonic() + SLICE_SECONDS
    with timezone.override(company_now().time_zone or "UTC"):
        waking.strike()
        while (found := advancing.advance_some()).runs:
            if monotonic() > ends_at:
                hints.ask_for_advance()
                return
        if found.is_used_up:
            log.info("the plan's steps of this month are used up")
            hints.hint(timezone.now() + USED_UP)
            return
        _come_again(_next())


def _next() -> datetime | None:
    moments = [one for one in (advancing.next_due(), waking.next_strike()) if one]
    return min(moments) if moments else None


def _come_again(at: datetime | None) -> None:
    """Soon by a message, later by the clock's list."""
    if at is None:
        return
    seconds = (at - timezone.now()).total_seconds()
    hints.hint(at)
    if seconds < SOON_SECONDS:
        send(advance_workflows, countdown_seconds=max(seconds, 0.2))


@shared_task(base=PublicTask)
def wake_due() -> None:
    """Visit the companies whose moment has come."""
    send_to(hints.due(timezone.now()), advance_workflows)


@shared_task(base=PublicTask)
def sweep_workflows() -> None:
    """Visit every open company: Redis may have forgotten one."""
    send_everywhere(advance_workflows)


@shared_task(base=TenantTask)
def forget_old_runs() -> None:
    gone = 0
    while found := retention.forget_some():
        gone += found
    if gone:
        log.info("old runs forgotten", runs=gone)


@shared_task(base=PublicTask)
def forget_old_runs_everywhere() -> None:
    send_everywhere(forget_old_runs)
