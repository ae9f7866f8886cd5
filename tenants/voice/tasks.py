"""Celery entries: ids in, actions called. Each may run twice."""

from uuid import UUID

from celery import shared_task

from tenants.directory.queries import open_company_ids
from tenants.directory.task import PublicTask, TenantTask, send, send_to
from tenants.voice import dialling, hooks, open_companies, reconciling, recordings

SOON_TRIES = 3


@shared_task(base=TenantTask)
def dial_call(call_id: str) -> None:
    dialling.dial(UUID(call_id))


@shared_task(base=TenantTask)
def process_hook(hook_id: str) -> None:
    hooks.process(UUID(hook_id))


@shared_task(base=TenantTask)
def fetch_recording(call_id: str) -> None:
    """Asks again soon a few times: somebody may be watching for it."""
    tries = recordings.fetch(UUID(call_id))
    if 0 < tries <= SOON_TRIES:
        send(fetch_recording, call_id, countdown_seconds=2**tries / 2)


@shared_task(base=TenantTask)
def reconcile_calls() -> None:
    reconciling.reconcile()


@shared_task(base=PublicTask)
def reconcile_calls_everywhere() -> None:
    """Visit the companies with open calls; all open companies once in a while."""
    companies = open_company_ids() if open_companies.is_full_sweep_due() else open_companies.marked()
    send_to(companies, reconcile_calls, expires=60)
