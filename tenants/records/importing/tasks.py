"""Letting go of files that were imported, or never will be."""

from celery import shared_task

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.task import PublicTask, TenantTask
from tenants.records.exporting.actions import forget_old
from tenants.records.importing.actions import tidy_imports


@shared_task(base=TenantTask)
def tidy_company_imports() -> None:
    while tidy_imports():
        pass
    while forget_old():
        pass


@shared_task(base=PublicTask)
def tidy_imports_everywhere() -> None:
    """Every few hours, in every open company."""
    for company_id in Company.objects.filter(status=CompanyStatus.ACTIVE).values_list("pk", flat=True):
        tidy_company_imports.apply_async(kwargs={"company_id": str(company_id)})
