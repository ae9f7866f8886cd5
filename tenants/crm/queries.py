"""Reads of the CRM."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tenants.crm.enums import OPEN_TASKS
from tenants.crm.models import Pipeline, Stage, Task


def default_stage() -> Stage:
    """Where a new deal starts: the first stage of the default pipeline."""
    return Stage.objects.filter(pipeline__is_default=True, deleted_at=None).order_by("position")[0]


def default_pipeline() -> Pipeline:
    return Pipeline.objects.get(is_default=True)


def tasks_about(record_id: UUID) -> "QuerySet[Task]":
    return Task.objects.filter(about_id=record_id, deleted_at=None)


def next_tasks(record_ids: Iterable[UUID]) -> dict[Any, Task]:
    """The next open task of each of these records, in one query."""
    rows = Task.objects.filter(about_id__in=list(record_ids), status__in=OPEN_TASKS, deleted_at=None)
    found: dict[Any, Task] = {}
    for task in rows.order_by("due_at", "id"):
        found.setdefault(task.about_id, task)
    return found
