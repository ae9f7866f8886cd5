"""By the clock: sandboxes whose time is over, packages that nobody fetched."""

from celery import shared_task
from django.utils import timezone

from tenants.directory.models import Company
from tenants.directory.task import PublicTask
from tenants.fleet.copies import keeping
from tenants.fleet.copies.actions import drop_sandbox
from tenants.kernel import context
from tenants.kernel.errors import Conflict
from tenants.kernel.logs import logger

log = logger(__name__)


@shared_task(base=PublicTask)
def expire_copies() -> None:
    for sandbox in Company.objects.filter(is_sandbox=True, expires_at__lt=timezone.now()):
        try:
            drop_sandbox(sandbox=sandbox, by=context.actor())
        except Conflict:
            log.info("sandbox is busy; its time is over next hour", company_id=str(sandbox.pk))
    keeping.sweep()
