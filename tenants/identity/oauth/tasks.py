"""Once a day: codes and tokens that are dead are dropped."""

from celery import shared_task

from tenants.directory.task import PublicTask, TenantTask, send_everywhere
from tenants.identity.oauth.accesses import tidy
from tenants.kernel.logs import logger

log = logger(__name__)


@shared_task(base=TenantTask)
def tidy_accesses() -> None:
    if gone := tidy():
        log.info("oauth tidied", rows=gone)


@shared_task(base=PublicTask)
def tidy_accesses_everywhere() -> None:
    send_everywhere(tidy_accesses)
