"""Letters leave from the worker: a slow mail server holds nobody up."""

from typing import Any, Final
from uuid import UUID

from celery import shared_task
from django.conf import settings

from tenants.directory.hosts import tenant_now
from tenants.directory.queries import agency_tenant, load_tenant
from tenants.directory.task import PublicTask, TenantTask
from tenants.identity.letters import write
from tenants.kernel import context
from tenants.kernel.errors import NotFound

# Mail servers fail as OSError or smtplib.SMTPException, which is one too.
AGAIN: Final[dict[str, Any]] = {
    "autoretry_for": (OSError,),
    "max_retries": 6,
    "retry_backoff": 10,
    "retry_backoff_max": 1800,
}


@shared_task(base=TenantTask, **AGAIN)
def write_in_company(kind: str, *args: str) -> None:
    write(tenant_now(), kind, *args)


@shared_task(base=PublicTask, **AGAIN)
def write_in_public(agency_id: str, kind: str, *args: str) -> None:
    """For an agency's people, or with an empty id for the platform's."""
    tenant = agency_tenant(UUID(agency_id)) if agency_id else load_tenant(settings.PLATFORM_DOMAIN)
    if tenant is None:
        raise NotFound("No such tenant")
    with context.inside(tenant.place):
        write(tenant, kind, *args)
