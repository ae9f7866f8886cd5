"""What stages and statuses mean."""

from collections.abc import Iterable

from django.utils import timezone

from tenants.crm.enums import OPEN_TASKS, StageKind, TaskStatus
from tenants.crm.models import Deal, Task


def follow_stage(deal: Deal, changed: Iterable[str]) -> None:
    """The stage decides a deal's status; its probability too, unless somebody set that."""
    if "stage" not in changed:
        return
    deal.status = deal.stage.kind
    deal.stage_changed_at = timezone.now()
    deal.closed_on = None if deal.stage.kind == StageKind.OPEN else timezone.localdate()
    if "probability" not in changed:
        deal.probability = deal.stage.probability


def note_completion(task: Task, changed: Iterable[str]) -> None:
    if "status" in changed:
        task.completed_at = timezone.now() if task.status == TaskStatus.COMPLETED else None


def urgency(task: Task | None) -> str:
    """CRM-23: overdue is red, due today is yellow, later is green, no next step is grey."""
    if task is None or task.due_at is None or task.status not in OPEN_TASKS:
        return "none"
    now = timezone.now()
    if task.due_at < now:
        return "overdue"
    return "today" if timezone.localtime(task.due_at).date() <= timezone.localdate() else "ok"
