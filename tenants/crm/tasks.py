"""Celery entries of the CRM. Each may run twice."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from tenants.crm import waking
from tenants.crm.actions.reminders import next_reminder_at, send_reminders
from tenants.crm.health import rescore_all
from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.task import PublicTask, TenantTask


@shared_task(base=TenantTask)
def remind() -> None:
    """Send what is due, then note when this company is next."""
    while send_reminders():
        pass
    following = next_reminder_at()
    if following:
        waking.mark(following)


@shared_task(base=PublicTask)
def remind_everywhere() -> None:
    """Visit the companies with a reminder due; all open companies once in a while."""
    companies = waking.due(timezone.now())
    for company_id in _all_companies() if waking.is_full_sweep_due() else companies:
        remind.apply_async(kwargs={"company_id": str(company_id)}, expires=300)


@shared_task(base=TenantTask)
def rescore_customers() -> None:
    rescore_all()


@shared_task(base=PublicTask)
def rescore_customers_everywhere() -> None:
    for company_id in _all_companies():
        rescore_customers.apply_async(kwargs={"company_id": str(company_id)}, expires=3600)


def _all_companies() -> list[UUID]:
    return list(Company.objects.filter(status=CompanyStatus.ACTIVE).values_list("pk", flat=True))
