"""Letters leave from the worker: a slow mail server holds nobody up. And the daily tidying."""

from typing import Any, Final
from uuid import UUID

from celery import shared_task
from django.conf import settings

from tenants.directory.hosts import tenant_now
from tenants.directory.queries import agency_tenant, load_tenant
from tenants.directory.task import PublicTask, TenantTask, send_everywhere
from tenants.identity.auditing import tasks as auditing  # noqa: F401 - Celery finds tasks in this file
from tenants.identity.letters import write
from tenants.identity.oauth import tasks as oauth  # noqa: F401 - the same
from tenants.identity.signin.history import tidy
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


@shared_task(base=TenantTask)
def tidy_sign_ins() -> None:
    tidy()


@shared_task(base=PublicTask)
def tidy_sign_ins_everywhere() -> None:
    """Once a day: old lines of the record and expired sessions, here and in every open company."""
    tidy()
    send_everywhere(tidy_sign_ins)
