"""Once a day: what is older than the house keeps is cut off."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from tenants.directory.models import Agency
from tenants.directory.task import PublicTask, TenantTask, send_everywhere
from tenants.identity.auditing.cutting import cut_before
from tenants.kernel import context
from tenants.kernel.context import PUBLIC_SCHEMA, Place
from tenants.kernel.logs import logger

log = logger(__name__)


@shared_task(base=TenantTask)
def cut_audit() -> None:
    _cut()


@shared_task(base=PublicTask)
def cut_audits() -> None:
    """In every open company, and of the platform and every agency. Nothing with AUDIT_DAYS 0."""
    if not settings.AUDIT_DAYS:
        return
    send_everywhere(cut_audit)
    for agency_id in (None, *Agency.objects.values_list("pk", flat=True)):
        with context.inside(Place(schema=PUBLIC_SCHEMA, agency_id=agency_id)):
            _cut()


def _cut() -> None:
    gone = cut_before(timezone.now() - timedelta(days=settings.AUDIT_DAYS), by=context.actor())
    if gone:
        log.info("audit cut", entries=gone)
