"""Letting go of files that were imported, or never will be."""

from celery import shared_task

from tenants.directory.task import PublicTask, TenantTask, send_everywhere
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
    send_everywhere(tidy_company_imports)
