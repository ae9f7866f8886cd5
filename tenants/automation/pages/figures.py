"""How workflows go, for the list and the canvas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from tenants.automation.enums import OPEN, EnrolmentState
from tenants.automation.models import Enrolment, Workflow
from tenants.automation.queries import figures_of

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Going:
    """Of the last 30 days; `running` is now."""

    entered: int = 0
    running: int = 0
    failed: int = 0
    last_at: datetime | None = None


def going(workflow_ids: Iterable[UUID]) -> Mapping[UUID, Going]:
    """By workflow, in one query; who has nothing is not in it."""
    since = timezone.now() - WINDOW
    rows = Enrolment.objects.filter(workflow_id__in=list(workflow_ids)).order_by().values("workflow_id")
    counted = rows.annotate(
        entered=Count("pk", filter=Q(entered_at__gte=since)), running=Count("pk", filter=Q(state__in=OPEN)),
        failed=Count("pk", filter=Q(state=EnrolmentState.FAILED, entered_at__gte=since)), last_at=Max("entered_at"),
    )  # fmt: skip
    return {row.pop("workflow_id"): Going(**row) for row in map(dict[str, Any], counted)}


def on_canvas(workflow: Workflow) -> dict[str, Any]:
    """Of all versions together, by step, with the trigger's own number; what never happened is left out."""
    found = figures_of(workflow, None)
    steps = {step: figures for step, figures in found["steps"].items() if figures["entered"]}
    return {"trigger": {"entered": found["entered"]}, **steps} if found["entered"] else {}
