"""Entering by the clock: schedules, days before and after a date, silences. Each occasion has a key of its own."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tenants.automation.definition.plans import Plan
from tenants.automation.definition.zones import zone_named
from tenants.automation.engine.entering import Entry, enter
from tenants.automation.engine.memory import actor_of, plans_of
from tenants.automation.engine.occurrences import next_of
from tenants.automation.enums import VersionState, WorkflowState
from tenants.automation.models import Enrolment, Version, Workflow
from tenants.kernel import context
from tenants.records.fields import Field
from tenants.records.filters import compile_filter
from tenants.records.queries import visible_to

MOST_RECORDS = 10_000
"""At one strike; what is more enters at the next look, a moment later."""
MOST_MISSED_DAYS = 7
"""After a longer standstill dates that passed are past."""
ACTIVITY = ("touched_at", "last_touch_at", "occurred_at", "updated_at")


def strike() -> int:
    """Let in whom the clock lets in by now; how many entered."""
    now = timezone.now()
    due = Workflow.objects.filter(state=WorkflowState.ACTIVE, due_at__lte=now).order_by("due_at")
    return sum(_strike(pk, now) for pk in list(due.values_list("pk", flat=True)))


def next_strike() -> datetime | None:
    rows = Workflow.objects.filter(state=WorkflowState.ACTIVE, due_at__isnull=False).order_by("due_at")
    return rows.values_list("due_at", flat=True).first()


@transaction.atomic
def _strike(workflow_id: UUID, now: datetime) -> int:
    rows = Workflow.objects.select_for_update(skip_locked=True, of=("self",))
    workflow = rows.filter(pk=workflow_id, state=WorkflowState.ACTIVE, due_at__lte=now).first()
    version = Version.objects.filter(workflow_id=workflow_id, state=VersionState.PUBLISHED).first()
    plan = plans_of([version.pk]).get(version.pk) if workflow and version else None
    if workflow is None or plan is None:
        return 0
    entries = occasions(plan, struck=workflow.due_at or now, since=workflow.swept_at, now=now)
    entered = len(enter(plan, entries))
    if len(entries) < MOST_RECORDS:
        workflow.swept_at, workflow.due_at = now, next_of(plan, now)
        workflow.save(update_fields=["swept_at", "due_at", "updated_at"])
    return entered


def occasions(plan: Plan, *, struck: datetime, since: datetime | None, now: datetime) -> list[Entry]:
    """Who may enter at a strike. `since` is when it was looked for last."""
    if plan.trigger.wake == "date":
        return _dated(plan, since, now)
    if plan.trigger.wake == "silence":
        return _silent(plan, since, now)
    return _scheduled(plan, struck)


def _told(plan: Plan, at: datetime, **more: Any) -> dict[str, Any]:
    return {"event": plan.trigger.name, "at": at.isoformat(), "payload": more, "changes": {}}


def _scheduled(plan: Plan, struck: datetime) -> list[Entry]:
    """After a standstill the latest occurrence stands for those that were missed."""
    occurrence = struck.isoformat(timespec="minutes")
    told = _told(plan, struck)
    if plan.record_type is None:
        return [Entry(key=f"schedule:{occurrence}", trigger=told)]
    keys = Enrolment.objects.filter(workflow_id=plan.workflow_id, entry_key__startswith=f"schedule:{occurrence}:")
    rows = _rows(plan).exclude(pk__in=keys.values("record_id"))
    ids = rows.order_by("pk").values_list("pk", flat=True)[:MOST_RECORDS]
    return [Entry(key=f"schedule:{occurrence}:{one}", record_id=one, trigger=told) for one in ids]


def _rows(plan: Plan) -> Any:
    """The records that meet the trigger's filter already, so that a strike does not load the rest."""
    assert plan.record_type

    actor = actor_of(plan)
    with context.acting(actor):
        rows = visible_to(actor, plan.record_type)
        is_plain = bool(plan.filter) and "formula" not in str(plan.filter) and "{{" not in str(plan.filter)
        return rows.filter(compile_filter(plan.filter, plan.record_type, actor)) if is_plain else rows


def _dated(plan: Plan, since: datetime | None, now: datetime) -> list[Entry]:
    """Records whose date lies so many days ago, or ahead, on one of the days since the last look."""
    zone = zone_named("")
    today = now.astimezone(zone).date()
    last = since.astimezone(zone).date() if since else today
    begins = max(min(last + timedelta(days=1), today), today - timedelta(days=MOST_MISSED_DAYS))
    offset = _offset(plan)
    first, final = begins - offset, today - offset
    field = plan.record_type.known_fields[str(plan.params["field"])] if plan.record_type else None
    return [
        Entry(key=f"date:{record_id}:{day.isoformat()}", record_id=record_id, trigger=_told(plan, now, date=str(day)))
        for record_id, day in _on_days(plan, field, first, final, zone)
    ]


def _offset(plan: Plan) -> timedelta:
    days = int(plan.params.get("days") or 0)
    return timedelta(days=-days if plan.params.get("direction") == "before" else days)


def _on_days(plan: Plan, field: Field | None, first: date, final: date, zone: Any) -> list[tuple[UUID, date]]:
    if field is None or plan.record_type is None:
        return []
    is_moment = field.kind == "datetime"
    low: Any = datetime.combine(first, time.min, zone) if is_moment else first
    high: Any = datetime.combine(final + timedelta(days=1), time.min, zone) if is_moment else final
    rows = _rows(plan).filter(field.find("", "gte", low) & field.find("", "lt" if is_moment else "lte", high))
    found = [(row.pk, field.value(row)) for row in rows.order_by("pk")[:MOST_RECORDS]]
    return [(pk, value.astimezone(zone).date() if isinstance(value, datetime) else value) for pk, value in found]


def _silent(plan: Plan, since: datetime | None, now: datetime) -> list[Entry]:
    """Records whose last activity has just become so many days old; with `includes_past` older ones as well."""
    if plan.record_type is None:
        return []
    name = activity_field(plan)
    line = timedelta(days=int(plan.params.get("days") or 30))
    rows = _rows(plan).filter(**{f"{name}__lte": now - line})
    if since or not plan.params.get("includes_past"):
        rows = rows.filter(**{f"{name}__gt": (since or plan.published_since or now) - line})
    found = list(rows.order_by("pk").values_list("pk", name)[:MOST_RECORDS])
    return _unless_entered(plan, [
        Entry(key=f"silence:{pk}:{at.isoformat()}", record_id=pk, trigger=_told(plan, now, last=at.isoformat()))
        for pk, at in found
    ])  # fmt: skip


def _unless_entered(plan: Plan, entries: Sequence[Entry]) -> list[Entry]:
    known = Enrolment.objects.filter(workflow_id=plan.workflow_id, entry_key__in=[one.key for one in entries])
    keys = set(known.values_list("entry_key", flat=True)) if entries else set()
    return [one for one in entries if one.key not in keys]


def activity_field(plan: Plan) -> str:
    """What tells of the last activity: what the trigger names, else what the type knows best."""
    said = str(plan.params.get("field") or "")
    if said:
        return said
    model = plan.record_type.model if plan.record_type else None
    return next(name for name in ACTIVITY if hasattr(model, name))


def set_clock(workflow: Workflow, plan: Plan | None) -> None:
    """When it is turned on: from now on it strikes. Saves nothing."""
    now = timezone.now()
    workflow.due_at = next_of(plan, now) if plan else None
    workflow.swept_at = None
    if plan and plan.trigger.wake == "silence":
        workflow.due_at = now
    elif plan and plan.trigger.wake == "date":
        workflow.swept_at = now
