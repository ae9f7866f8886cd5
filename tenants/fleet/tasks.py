"""Keeping the pool full."""

from celery import shared_task

from tenants.directory.task import PublicTask
from tenants.fleet import pool


@shared_task(base=PublicTask)
def fill_pool() -> int:
    return pool.fill_pool()
