"""Who is or was in a workflow, and what each step did for them."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.automation import enrolling
from tenants.automation.catalogue import actions
from tenants.automation.definition.oddities import walked
from tenants.automation.definition.shape import step_words
from tenants.automation.enums import EnrolmentState, StepState
from tenants.automation.models import Enrolment, StepRun, Workflow
from tenants.automation.pages.builder import frame
from tenants.automation.pages.comparing import name_of
from tenants.automation.queries import enrolment_for, enrolments_of, steps_of, workflow_for
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.records.pages.answers import done
from tenants.records.registry import record_types

ROWS = 50
MOST_STEPS = 500
TONES = {
    EnrolmentState.RUNNING: "info", EnrolmentState.WAITING: "", EnrolmentState.DONE: "good",
    EnrolmentState.STOPPED: "warn", EnrolmentState.FAILED: "bad",
}  # fmt: skip
STEP_TONES = {StepState.RUNNING: "info", StepState.DONE: "good", StepState.FAILED: "bad", StepState.SKIPPED: ""}


@require_GET
def runs(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """Newest first; by state, by name."""
    workflow = workflow_for(context.actor(), workflow_id)
    state, text = request.GET.get("state", ""), request.GET.get("q", "")[:100].replace("\x00", "").strip()
    state = state if state in EnrolmentState.values else ""
    rows = enrolments_of(workflow, state=state)
    rows = rows.filter(record_name__icontains=text) if text else rows
    found = list(_after(rows, workflow, request.GET.get("after", ""))[: ROWS + 1])
    query = {name: value for name, value in (("state", state), ("q", text)) if value}
    values = {
        **frame(workflow, "runs"), "rows": [_line(one, workflow) for one in found[:ROWS]], "text": text,
        "state": state, "states": [("", _("All")), *EnrolmentState.choices], "query": urlencode(query),
        "next": urlencode({**query, "after": found[ROWS - 1].pk}) if len(found) > ROWS else "",
        "is_later": "after" in request.GET, "is_narrowed": bool(query),
    }  # fmt: skip
    return render(request, "automation/runs.html", values)


def _after(rows: Any, workflow: Workflow, cursor: str) -> Any:
    """What entered before the run that is named. Ids are of UUIDv7: in the order of entering."""
    try:
        wanted = UUID(cursor) if cursor else None
    except ValueError:
        wanted = None
    return rows.filter(pk__lt=wanted).order_by("-pk") if wanted else rows.order_by("-pk")


def _line(run: Enrolment, workflow: Workflow) -> dict[str, Any]:
    return {"run": run, "tone": TONES[EnrolmentState(run.state)], "url": record_url(run), "at": _stands_at(run)}


def record_url(run: Enrolment) -> str:
    known = any(one.name == run.record_type for one in record_types())
    return reverse("records:record", args=[run.record_type, run.record_id]) if known and run.record_id else ""


def _stands_at(run: Enrolment) -> str:
    """The step that an open run stands at, by its name."""
    if not run.is_open or not run.position:
        return ""
    frame_ = run.position[-1]
    lane = next((steps for name, steps in _lanes(run) if name == (frame_["in"], frame_["lane"])), ())
    return name_of(lane[frame_["at"]]) if frame_["at"] < len(lane) else ""


def _lanes(run: Enrolment) -> Any:
    from tenants.automation.definition.plans import lanes_of

    return lanes_of(run.version.definition.get("steps") or [])


@require_GET
def run(request: HttpRequest, workflow_id: UUID, run_id: UUID) -> HttpResponse:
    """One run: each step with what went in, what came out, what went wrong."""
    found = _run(workflow_id, run_id)
    steps = list(steps_of(found)[: MOST_STEPS + 1])
    by_id = {str(step["id"]): step for _at, step in walked(found.version.definition.get("steps") or (), "steps")}
    values = {
        **frame(workflow_for(context.actor(), workflow_id), "runs"), "run": found, "url": record_url(found),
        "tone": TONES[EnrolmentState(found.state)], "steps": [_step_line(one, by_id) for one in steps[:MOST_STEPS]],
        "has_more": len(steps) > MOST_STEPS, "may_skip": found.state == EnrolmentState.WAITING,
        "trigger": json.dumps(found.variables.get("trigger") or {}, indent=2, ensure_ascii=False),
    }  # fmt: skip
    return render(request, "automation/run.html", values)


def _run(workflow_id: UUID, run_id: UUID) -> Enrolment:
    """Raises NotFound, also for a run of another workflow."""
    found = enrolment_for(context.actor(), run_id)
    if found.workflow_id != workflow_id:
        raise NotFound("There is no such run.")
    return found


def _step_line(step: StepRun, by_id: dict[str, Any]) -> dict[str, Any]:
    known = by_id.get(step.step_id) or {"kind": step.kind, "action": step.action}
    kind = actions().get(step.action)
    words = step_words().get(step.kind)
    return {
        "step": step, "name": name_of(known), "tone": STEP_TONES[StepState(step.state)],
        "icon": kind.icon if kind else words[2] if words else "circle-check",
        "turn": step.key.partition("#")[2], "seconds": _seconds(step),
        "input": _pretty(step.input), "output": _pretty(step.output),
    }  # fmt: skip


def _seconds(step: StepRun) -> float | None:
    return (step.finished_at - step.started_at).total_seconds() if step.finished_at else None


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


@require_POST
def retry(request: HttpRequest, workflow_id: UUID, run_id: UUID) -> HttpResponse:
    enrolling.retry(enrolment=_run(workflow_id, run_id), by=context.actor())
    messages.success(request, _("It goes on from the step that failed."))
    return done(request, _url(workflow_id, run_id))


@require_POST
def stop(request: HttpRequest, workflow_id: UUID, run_id: UUID) -> HttpResponse:
    enrolling.stop(enrolment=_run(workflow_id, run_id), by=context.actor())
    messages.success(request, _("The run is stopped."))
    return done(request, _url(workflow_id, run_id))


@require_POST
def skip(request: HttpRequest, workflow_id: UUID, run_id: UUID) -> HttpResponse:
    enrolling.skip_wait(enrolment=_run(workflow_id, run_id), by=context.actor())
    messages.success(request, _("It waits no longer."))
    return done(request, _url(workflow_id, run_id))


def _url(workflow_id: UUID, run_id: UUID) -> str:
    return reverse("automation:run", args=[workflow_id, run_id])
