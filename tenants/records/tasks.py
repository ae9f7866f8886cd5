"""Celery finds the kernel's tasks in this file."""

from tenants.records.bin import tasks as bins
from tenants.records.custom import tasks as custom
from tenants.records.files import tasks as files
from tenants.records.importing import tasks as imports
from tenants.records.jobs import tasks as jobs
from tenants.records.outbox import tasks as outbox

__all__ = ["bins", "custom", "files", "imports", "jobs", "outbox"]
