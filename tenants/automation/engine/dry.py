"""Trying a workflow on one record: the same engine, everything taken back, time moved on where it would wait."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from tenants.automation.definition.plans import Plan
from tenants.automation.engine.driving import drive
from tenants.automation.engine.entering import Entry, enrolment_of, filtered
from tenants.automation.engine.outlets import Telling
from tenants.automation.engine.run import Run
from tenants.automation.engine.saving import save_runs
from tenants.automation.engine.trying import taken_back, trial_plan, trial_version
from tenants.automation.enums import EnrolmentState
from tenants.automation.models import Enrolment, StepRun, Workflow
from tenants.automation.queries import require_keeper
from tenants.directory.hosts import company_now
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.kernel.errors import Invalid
from tenants.records.queries import record_for

MOST_WAITS = 100


def dry_run(
    *, workflow: Workflow, record_id: UUID | None, by: Actor, definition: Mapping[str, Any] | None = None,
    trigger: Mapping[str, Any] | None = None, waits: str = "met",
) -> dict[str, Any]:  # fmt: skip
    """What would happen to a record, step by step, each with its moment; nothing stays, nothing is sent.

    `waits` says which way to go where it waits for something: met or timed_out. Raises Denied, NotFound, Invalid.
    """
    require_keeper(by)
    found: dict[str, Any] = {}
    with timezone.override(company_now().time_zone or "UTC"), taken_back():
        plan = trial_plan(trial_version(workflow, definition), by)
        _check_record(plan, record_id, by)
        entry = Entry(
            key="dry", record_id=record_id,
            trigger={"event": plan.trigger.name, "payload": {}, "changes": {}, **(trigger or {})},
        )  # fmt: skip
        enrolment = enrolment_of(plan, entry, timezone.now())
        enrolment.save(force_insert=True)
        run = Run(enrolment, plan, plan.actor(by.permit))
        would_enter = bool(filtered(plan, [entry]))
        _through(run, Telling(), waits)
        found = _told(run, would_enter)
    return found


def _check_record(plan: Plan, record_id: UUID | None, by: Actor) -> None:
    if plan.record_type is None:
        return
    if record_id is None:
        raise Invalid({"record_id": [f"Choose one of {plan.record_type.label} to try it on."]})
    record_for(by, plan.record_type, record_id)


def _through(run: Run, outlet: Telling, waits: str) -> None:
    """To its end, over every wait."""
    moment = timezone.now()
    for _wait in range(MOST_WAITS):
        with standing_at(moment):
            run.enrolment.state = EnrolmentState.RUNNING
            drive([run], outlet)
            save_runs([run])
        if not run.enrolment.is_open:
            return
        moment = _moved_on(run.enrolment, moment, waits)


def _moved_on(one: Enrolment, moment: Any, waits: str) -> Any:
    """The moment at which it goes on; what is waited for happens, or does not."""
    frame = one.position[-1]
    if one.waits_for and (waits == "met" or one.wake_at is None):
        frame["met"], frame["forced"] = {"event": one.waits_for[0], "payload": {}, "at": moment.isoformat()}, True
        return moment
    return max(moment, one.wake_at or moment)


def _told(run: Run, would_enter: bool) -> dict[str, Any]:
    one = run.enrolment
    steps = list(StepRun.objects.filter(enrolment=one).order_by("started_at", "pk"))
    for step in steps:
        step.at = step.started_at  # type: ignore[attr-defined]
    return {
        "state": str(one.state), "ended_because": one.ended_because, "error": one.error, "would_enter": would_enter,
        "steps": steps, "variables": {"vars": one.variables["vars"], "steps": one.variables["steps"]},
    }  # fmt: skip
