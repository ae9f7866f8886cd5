"""Letting go of files that nobody took, and of those deleted long ago."""

from celery import shared_task

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.task import PublicTask, TenantTask
from tenants.records.files.actions import tidy_files


@shared_task(base=TenantTask)
def tidy_company_files() -> None:
    while tidy_files():
        pass


@shared_task(base=PublicTask)
def tidy_files_everywhere() -> None:
    for company_id in Company.objects.filter(status=CompanyStatus.ACTIVE).values_list("pk", flat=True):
        tidy_company_files.apply_async(kwargs={"company_id": str(company_id)})
