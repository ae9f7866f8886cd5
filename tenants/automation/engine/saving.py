"""Runs written back: new step runs in one go, enrolments in one statement."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, Value, When

from tenants.automation.engine.run import Run
from tenants.automation.enums import EnrolmentState
from tenants.automation.models import StepRun, Workflow
from tenants.kernel.clock import real_now
from tenants.records.copying import copy_in
from tenants.records.events import emit
from tenants.records.overwriting import write_over

MARKS = {"until", "tries", "held", "again"}
COLUMNS = (
    "state", "position", "variables", "wake_at", "waits_for", "error", "ended_at", "ended_because", "claimed_until",
    "steps_done", "record_name",
)  # fmt: skip


def save_runs(runs: Sequence[Run]) -> None:
    """In the transaction in which they were driven. Emits `workflow.failed` for each that failed just now."""
    copy_in([one for run in runs for one in run.new_runs])
    for one in (one for run in runs for one in run.changed_runs):
        one.save()
    write_over([run.enrolment for run in runs], COLUMNS)
    for run in runs:
        if run.enrolment.state == EnrolmentState.FAILED:
            _tell_failed(run)
        run.new_runs, run.changed_runs = [], []


def month_now() -> str:
    return real_now().strftime("%Y-%m")


def count_steps(runs: Sequence[Run]) -> None:
    """For the plan's quota. Last in a transaction, always in the same order: the rows are shared by all workers."""
    done = Counter[Any]()
    for run in runs:
        done[run.plan.workflow_id] += run.steps_now
        run.steps_now = 0
    month = month_now()
    for workflow_id in sorted(done):
        if done[workflow_id]:
            same = Case(When(month=month, then=F("month_steps")), default=Value(0))
            Workflow.objects.filter(pk=workflow_id).update(month_steps=same + done[workflow_id], month=month)


def _tell_failed(run: Run) -> None:
    workflow: Any = Workflow(pk=run.plan.workflow_id)
    emit(
        "workflow.failed", workflow, workflow=run.plan.name, enrolment_id=str(run.enrolment.pk),
        error=run.enrolment.error[:500], about_type=run.enrolment.record_type, about_name=run.enrolment.record_name,
        about_id=str(run.enrolment.record_id) if run.enrolment.record_id else None,
    )  # fmt: skip


def load_begun(runs: Sequence[Run]) -> None:
    """Step runs of before that are not over, for runs that have been at work already."""
    by_id = {run.enrolment.pk: run for run in runs if run.enrolment.position[-1:] and _was_at_work(run)}
    if not by_id:
        return
    for one in StepRun.objects.filter(enrolment_id__in=by_id, state__in=("running", "failed")):
        by_id[one.enrolment_id].old_runs[one.key] = one


def _was_at_work(run: Run) -> bool:
    """One that asks outside for the second time in a row has begun that step, with nothing to show for it yet."""
    return bool(run.enrolment.steps_done or run.enrolment.claimed_until or MARKS & set(run.enrolment.position[-1]))
