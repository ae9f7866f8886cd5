"""Keeping the pool full, and operations on the worker."""

from uuid import UUID

from celery import shared_task

from tenants.directory.task import PublicTask
from tenants.fleet import pool
from tenants.fleet.backups import tasks as backups
from tenants.fleet.models import Operation
from tenants.fleet.operations.reconciling import left_behind
from tenants.fleet.operations.running import run
from tenants.fleet.reconciling import reconcile as reconcile_schemas

LIMIT_SECONDS = 12 * 3600


@shared_task(base=PublicTask)
def fill_pool() -> int:
    return pool.fill_pool()


# Taken off the queue at once: the reconciler, not the queue, brings back what a crash interrupted.
@shared_task(base=PublicTask, acks_late=False, time_limit=LIMIT_SECONDS, soft_time_limit=LIMIT_SECONDS - 60)
def run_operation(operation_id: str) -> None:
    operation = Operation.objects.filter(pk=UUID(operation_id)).first()
    if operation:
        run(operation)


@shared_task(base=PublicTask)
def end_lifecycles() -> None:
    """What has come to its time: erasures, former addresses, transfers nobody answered."""
    from tenants.fleet.lifecycle import sweeping  # queues tasks of this file

    sweeping.sweep()


@shared_task(base=PublicTask, autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def write_letter(kind: str, *args: str) -> None:
    from tenants.fleet.lifecycle import letters

    letters.write(kind, *args)


@shared_task(base=PublicTask)
def reconcile() -> None:
    for operation in left_behind():
        run_operation.delay(str(operation.pk))
    reconcile_schemas()


__all__ = ["backups", "fill_pool", "reconcile", "run_operation"]
