"""Celery entries: ids in, actions called. Each may run twice."""

from typing import Any
from uuid import UUID

from celery import shared_task

from tenants.directory.task import PublicTask, TenantTask, send_everywhere
from tenants.kernel.logs import logger
from tenants.webhooks import letters, retention
from tenants.webhooks.inbound import processing
from tenants.webhooks.sending.working import take_turn

AGAIN: dict[str, Any] = {
    "autoretry_for": (OSError,), "max_retries": 6, "retry_backoff": 10, "retry_backoff_max": 1800,
}  # fmt: skip
log = logger(__name__)


@shared_task(base=TenantTask)
def send_deliveries() -> None:
    take_turn()


@shared_task(base=TenantTask, **AGAIN)
def tell_broken(endpoint_id: str, opened_at: str) -> None:
    letters.tell_broken(UUID(endpoint_id), opened_at)


@shared_task(base=TenantTask)
def process_reception(reception_id: str) -> None:
    processing.process(UUID(reception_id))


@shared_task(base=TenantTask)
def look_after() -> None:
    """What a crash left behind: deliveries that are due, receptions that nobody read."""
    take_turn()
    processing.process_waiting()


@shared_task(base=TenantTask)
def forget_old() -> None:
    gone = 0
    while found := retention.forget_some():
        gone += found
    if gone:
        log.info("old webhooks forgotten", rows=gone)


@shared_task(base=PublicTask)
def sweep_webhooks() -> None:
    send_everywhere(look_after)


@shared_task(base=PublicTask)
def forget_old_everywhere() -> None:
    send_everywhere(forget_old)
