"""Letting go of files that nobody took, and of those deleted long ago."""

from celery import shared_task

from tenants.directory.task import PublicTask, TenantTask, send_everywhere
from tenants.records.files.actions import tidy_files


@shared_task(base=TenantTask)
def tidy_company_files() -> None:
    while tidy_files():
        pass


@shared_task(base=PublicTask)
def tidy_files_everywhere() -> None:
    send_everywhere(tidy_company_files)
