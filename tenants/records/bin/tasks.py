"""The bin empties by itself."""

from celery import shared_task

from tenants.directory.task import PublicTask, TenantTask, send_everywhere
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.records.bin.actions import empty_bin

log = logger(__name__)


@shared_task(base=TenantTask)
def empty_old() -> None:
    gone = empty_bin(by=context.actor())
    if gone:
        log.info("bin emptied", records=gone)


@shared_task(base=PublicTask)
def sweep_bins() -> None:
    """Once a day, in every open company."""
    send_everywhere(empty_old)
